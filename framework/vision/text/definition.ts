/** `tokenizer.json` of a model, with what its other files say about it; made of the vocabulary where there is none. */

import type { Json, Model } from '../task.ts'
import { bertDefinition } from './bert-files.ts'
import { byteLevelDefinition } from './byte-level-files.ts'
import { asItsClass, FROM_THE_LEFT, tokenizerClass } from './classes.ts'
import { clipDefinition } from './clip-files.ts'
import { sentencePieceDefinition } from './sentence-piece-files.ts'
import { specialToken } from './vocabulary.ts'

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
  const name = tokenizerClass(said, model.config.model_type)
  const config = FROM_THE_LEFT.has(name) ? { padding_side: 'left', ...said } : said
  const found = model.has(file) ? await model.json(file) : await fromVocabulary(model, folder, name, config)
  if (!found) await model.bytes(file)
  const definition = { ...ABSENT, ...found }
  return {
    definition: withSpecialTokens(withAddedTokens(asItsClass(name, definition, config), config), config),
    config,
  }
}

/** Parts that a tokenizer may do without. */
const ABSENT: Json = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] }

const SENTENCE_PIECE_FILES = ['spiece.model', 'sentencepiece.bpe.model']

async function fromVocabulary(model: Model, folder: string, name: string, config: Json): Promise<object | null> {
  const text = async (file: string) => new TextDecoder().decode(await model.bytes(`${folder}${file}`))
  const has = (file: string) => model.has(`${folder}${file}`)
  const pieces = SENTENCE_PIECE_FILES.find(has)
  if (pieces) return fromPieces(model, `${folder}${pieces}`, name, config)
  if (has('vocab.txt')) return bertDefinition(await text('vocab.txt'), config)
  if (!has('vocab.json') || !has('merges.txt')) return null
  const vocab = (await model.json(`${folder}vocab.json`)) ?? {}
  const merges = await text('merges.txt')
  return clipDefinition(vocab, merges, contentOf(config.pad_token)) ?? byteLevelDefinition(vocab, merges, config)
}

async function fromPieces(model: Model, file: string, name: string, config: Json): Promise<object | null> {
  const bytes = await model.bytes(file)
  try {
    return sentencePieceDefinition(bytes, name, config)
  } catch (cause) {
    throw model.broken(file, `it holds no pieces that can be read: ${(cause as Error).message}`)
  }
}

/** Of a token as configurations write it: a text, or an object that says more about it. */
function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'object' && token !== null ? (token as Json).content : token
  return typeof content === 'string' ? content : undefined
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

const NAMES = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const

/** What the configuration names as special is so, even where `tokenizer.json` has it as a word among others. */
function withSpecialTokens(definition: Json, config: Json): Json {
  const before = definition.added_tokens as readonly { readonly content: string }[]
  const known = new Set(before.map(({ content }) => content))
  const more = [config.additional_special_tokens, config.extra_special_tokens].filter(Array.isArray).flat()
  const named = new Map([...NAMES.map((name) => config[name]), ...more].map((token) => [contentOf(token), token]))
  const added = [...named].flatMap(([content, token]) => {
    const id = content === undefined || known.has(content) ? undefined : idIn(definition.model, content)
    const flags = typeof token === 'string' ? {} : (token as Json)
    return id === undefined ? [] : { ...specialToken(content as string, id), ...flags, special: true }
  })
  return added.length === 0 ? definition : { ...definition, added_tokens: [...before, ...added] }
}

/** A vocabulary is a record of numbers, or a list of words and their scores. */
function idIn(model: unknown, word: string): number | undefined {
  const { vocab } = (model ?? {}) as { vocab?: unknown }
  if (!Array.isArray(vocab)) return ((vocab ?? {}) as Readonly<Record<string, number>>)[word]
  const index = vocab.findIndex(([entry]) => entry === word)
  return index < 0 ? undefined : index
}
