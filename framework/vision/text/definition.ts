/** `tokenizer.json` of a model, with what its other files say about it; made of the vocabulary where there is none. */

import type { Json, Model } from '../task.ts'
import { bertDefinition } from './bert-files.ts'
import { byteLevelDefinition } from './byte-level-files.ts'
import { clipDefinition } from './clip-files.ts'

export interface TokenizerFiles {
  /** What `tokenizer.json` holds. */
  readonly definition: Json
  /** `tokenizer_config.json`, with the special tokens that older repositories keep in a file of their own. */
  readonly config: Json
}

/**
 * @param folder - where they lie inside the model, with a slash at its end
 * @throws SpaceError `model-file-missing` where there is neither `tokenizer.json` nor a vocabulary that stands for it
 */
export async function readTokenizerFiles(model: Model, folder: string): Promise<TokenizerFiles> {
  const file = `${folder}tokenizer.json`
  const special = await model.json(`${folder}special_tokens_map.json`)
  const own = await model.json(`${folder}tokenizer_config.json`)
  // The older the files, the more the special tokens' own file counts, as in Python.
  const said = own && 'added_tokens_decoder' in own ? { ...special, ...own } : { ...own, ...special }
  const config = FROM_THE_LEFT.has(classOf(said)) ? { padding_side: 'left', ...said } : said
  const found = model.has(file) ? await model.json(file) : await fromVocabulary(model, folder, config)
  if (!found) await model.bytes(file)
  const definition = { ...ABSENT, ...found }
  return { definition: withAddedTokens(asItsClass(definition, config), config), config }
}

const classOf = ({ tokenizer_class }: Json): string => String(tokenizer_class).replace(/Fast$/, '')

/** Classes of Python that pad at the beginning where their configuration does not say. */
const FROM_THE_LEFT: ReadonlySet<string> = new Set(['GemmaTokenizer', 'Siglip2Tokenizer', 'LlamaTokenizer'])

/** Parts that a tokenizer may do without. */
const ABSENT: Json = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] }

async function fromVocabulary(model: Model, folder: string, config: Json): Promise<object | null> {
  const text = async (name: string) => new TextDecoder().decode(await model.bytes(`${folder}${name}`))
  const has = (name: string) => model.has(`${folder}${name}`)
  if (has('vocab.txt')) return bertDefinition(await text('vocab.txt'), config)
  if (!has('vocab.json') || !has('merges.txt')) return null
  const vocab = (await model.json(`${folder}vocab.json`)) ?? {}
  const merges = await text('merges.txt')
  return clipDefinition(vocab, merges, contentOf(config.pad_token)) ?? byteLevelDefinition(vocab, merges, config)
}

/** Of a token as configurations write it: a text, or an object that says more about it. */
function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'object' && token !== null ? (token as Json).content : token
  return typeof content === 'string' ? content : undefined
}

/** Classes of Python that build their normaliser from their configuration rather than from `tokenizer.json`. */
function asItsClass(definition: Json, config: Json): Json {
  const name = classOf(config)
  const normalizer = definition.normalizer as Json | null | undefined
  if (name === 'BertTokenizer' && normalizer?.type === 'BertNormalizer' && typeof config.do_lower_case === 'boolean') {
    const { do_lower_case, strip_accents, tokenize_chinese_chars } = config
    return {
      ...definition,
      normalizer: {
        ...normalizer,
        lowercase: do_lower_case,
        ...(strip_accents === undefined ? {} : { strip_accents }),
        ...(tokenize_chinese_chars === undefined ? {} : { handle_chinese_chars: tokenize_chinese_chars }),
      },
    }
  }
  if (name !== 'Siglip2Tokenizer' || !normalizer) return definition
  return { ...definition, normalizer: { type: 'Sequence', normalizers: [{ type: 'Lowercase' }, normalizer] } }
}

/** Tokens that were added after `tokenizer.json` was written stand in the configuration alone. */
function withAddedTokens(definition: Json, config: Json): Json {
  const before = (definition.added_tokens ?? []) as readonly { readonly id: number }[]
  const known = new Set(before.map(({ id }) => id))
  const added = Object.entries((config.added_tokens_decoder ?? {}) as Readonly<Record<string, object>>)
    .map(([id, token]) => ({ id: Number(id), ...token }))
    .filter(({ id }) => !known.has(id))
  return added.length === 0 ? definition : { ...definition, added_tokens: [...before, ...added] }
}
