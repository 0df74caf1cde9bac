/** Text for models: the Hub's tokenizers with the truncation and padding that models expect around them. */

import type { Model, Tensor } from '../task.ts'
import { tensor } from '../task.ts'
import { readTokenizerFiles } from './definition.ts'
import { mendNormalizers, mendSplitters } from './library.ts'

/** One text as tokens. */
export interface Encoded {
  readonly ids: number[]
  /** 0 for the first text, 1 for the second of a pair. */
  readonly types: number[]
}

export interface EncodeOptions {
  readonly pair?: string
  /** Adds what the model expects around a text, such as `[CLS]` and `[SEP]`. Default true. */
  readonly special?: boolean
}

export interface BatchOptions {
  /** `longest`: to the longest of the batch. `max`: to `maxLength`. Default `longest`. */
  readonly padding?: 'longest' | 'max'
  /** Longer texts are cut, special tokens kept. Default: what the tokenizer's files say. */
  readonly maxLength?: number
}

/** Feeds for a graph, each `[texts, length]`. */
export interface TextBatch {
  readonly input_ids: Tensor<'int64'>
  readonly attention_mask: Tensor<'int64'>
  readonly token_type_ids: Tensor<'int64'>
}

export interface Tokenizer {
  /** Most tokens of one text; Infinity where the files set no limit. */
  readonly maxLength: number
  readonly padId: number
  encode(text: string, options?: EncodeOptions): Encoded
  batch(texts: readonly string[], options?: BatchOptions): TextBatch
  /** Text of tokens. @param options - `special`: keeps special tokens, default true */
  decode(ids: readonly number[], options?: { special?: boolean }): string
  idOf(token: string): number | undefined
  tokenOf(id: number): string | undefined
}

interface Fields {
  readonly [key: string]: unknown
}

/**
 * Reads `tokenizer.json` and `tokenizer_config.json`; where there is none, the vocabulary of CLIP, GPT-2 or RoBERTa
 * (`vocab.json` and `merges.txt`) or of BERT (`vocab.txt`), or SigLIP's or XLM-RoBERTa's `spiece.model`.
 * @param folder - where they lie inside the model, `tokenizer/` for diffusers' layout
 * @throws SpaceError `model-file-missing` where there is no `tokenizer.json`, `model-broken` where it cannot be used
 */
export async function openTokenizer(model: Model, folder = ''): Promise<Tokenizer> {
  const { definition, config } = await readTokenizerFiles(model, folder)
  const library = await import('@huggingface/tokenizers')
  try {
    const inner = new library.Tokenizer(definition, config)
    mendNormalizers(inner.normalizer, definition.normalizer)
    mendSplitters(inner.pre_tokenizer, definition.pre_tokenizer)
    return wrap(inner, definition, config)
  } catch (cause) {
    throw model.broken(
      `${folder}tokenizer.json`,
      `it holds a tokenizer that cannot be used: ${(cause as Error).message}`,
    )
  }
}

type Inner = InstanceType<typeof import('@huggingface/tokenizers').Tokenizer>

function wrap(inner: Inner, definition: Fields, config: Fields): Tokenizer {
  const padId = padIdOf(inner, definition, config)
  const maxLength = limitOf(definition, config)
  const right = (side: unknown) => side !== 'left'
  // Python no longer does so for BPE, whose decoder puts spaces where they belong.
  const clean_up_tokenization_spaces =
    config.clean_up_tokenization_spaces === true && (definition.model as Fields | undefined)?.type !== 'BPE'

  // What ends a word became a space, which the last one has too many.
  const spacesWords = Boolean((definition.model as Fields | undefined)?.end_of_word_suffix)
  const alike = pairsAlike(definition.post_processor)

  const encode = (text: string, { pair, special = true }: EncodeOptions = {}): Encoded => {
    const { ids, token_type_ids } = inner.encode(text, {
      add_special_tokens: special,
      return_token_type_ids: true,
      ...(pair === undefined ? {} : { text_pair: pair }),
    })
    return { ids, types: (!alike && token_type_ids) || ids.map(() => 0) }
  }

  const shortened = (text: string, limit: number): Encoded => {
    const whole = encode(text)
    if (whole.ids.length <= limit) return whole
    const bare = encode(text, { special: false }).ids
    const { before, after } = surroundings(whole.ids, bare)
    const room = Math.max(0, limit - before - after)
    const kept = right(config.truncation_side) ? bare.slice(0, room) : bare.slice(bare.length - room)
    const ids = [...whole.ids.slice(0, before), ...kept, ...whole.ids.slice(whole.ids.length - after)]
    return { ids, types: whole.types.slice(0, ids.length) }
  }

  return {
    maxLength,
    padId,
    encode,
    batch(texts, { padding = 'longest', maxLength: limit = maxLength } = {}) {
      const rows = texts.map((text) => shortened(text, limit))
      const longest = Math.max(0, ...rows.map(({ ids }) => ids.length))
      const length = padding === 'max' && Number.isFinite(limit) ? limit : longest
      return paddedBatch(rows, length, { padId, padTypeId: 0, atEnd: right(config.padding_side) })
    },
    decode(ids, { special = true } = {}) {
      // The library refuses an empty list, which is an empty text.
      if (ids.length === 0) return ''
      const text = inner.decode([...ids], { skip_special_tokens: !special, clean_up_tokenization_spaces })
      return spacesWords ? text.trim() : text
    },
    idOf: (token) => inner.token_to_id(token),
    tokenOf: (id) => inner.id_to_token(id),
  }
}

/** RoBERTa's two texts have one type, which the library does not know. */
function pairsAlike(processor: unknown): boolean {
  const { type, processors = [] } = (processor ?? {}) as { type?: string; processors?: readonly unknown[] }
  return type === 'RobertaProcessing' || processors.some(pairsAlike)
}

/** How many tokens stand before and after the text itself. */
function surroundings(whole: readonly number[], bare: readonly number[]): { before: number; after: number } {
  const added = whole.length - bare.length
  for (let before = 0; before <= added; before++) {
    if (bare.every((id, i) => whole[before + i] === id)) return { before, after: added - before }
  }
  return { before: 0, after: added }
}

function paddedBatch(
  rows: readonly Encoded[],
  length: number,
  { padId, padTypeId, atEnd }: { padId: number; padTypeId: number; atEnd: boolean },
): TextBatch {
  const dims = [rows.length, length]
  const ids = new BigInt64Array(rows.length * length).fill(BigInt(padId))
  const mask = new BigInt64Array(ids.length)
  const types = new BigInt64Array(ids.length).fill(BigInt(padTypeId))
  for (const [row, encoded] of rows.entries()) {
    const start = row * length + (atEnd ? 0 : length - encoded.ids.length)
    for (const [i, id] of encoded.ids.entries()) {
      ids[start + i] = BigInt(id)
      mask[start + i] = 1n
      types[start + i] = BigInt(encoded.types[i] ?? 0)
    }
  }
  return {
    input_ids: tensor('int64', ids, dims),
    attention_mask: tensor('int64', mask, dims),
    token_type_ids: tensor('int64', types, dims),
  }
}

/** Python writes 1e30 where nobody set a limit. */
function limitOf(definition: Fields, config: Fields): number {
  const truncation = definition.truncation as Fields | null | undefined
  for (const limit of [config.model_max_length, truncation?.max_length]) {
    if (typeof limit === 'number' && limit < 1e9) return limit
  }
  return Infinity
}

/** What Python's classes take where nothing is said. */
const USUAL_PADS = ['<pad>', '[PAD]', '<|endoftext|>']

function padIdOf(inner: Inner, definition: Fields, config: Fields): number {
  const token = typeof config.pad_token === 'string' ? config.pad_token : (config.pad_token as Fields | null)?.content
  const named = typeof token === 'string' ? inner.token_to_id(token) : undefined
  const padding = definition.padding as Fields | null | undefined
  const said = named ?? (typeof padding?.pad_id === 'number' ? padding.pad_id : undefined)
  return said ?? USUAL_PADS.map((pad) => inner.token_to_id(pad)).find((id) => id !== undefined) ?? 0
}
