/** How text is generated: transformers' `GenerationConfig`, as far as it bears on greedy search, beam search and sampling. */

import { expected } from '#core/errors.ts'
import type { Json } from '#vision/task.ts'

/** What a call may say, in Hugging Face's spelling; each overrides the model's own setting. */
export interface GenerationOptions {
  /** Most tokens after the prompt. Default: the model's `max_length` where it has one, else 256. */
  max_new_tokens?: number
  /** Most tokens altogether, start token and prompt included. */
  max_length?: number
  min_length?: number
  min_new_tokens?: number
  /** 1 is greedy search. */
  num_beams?: number
  num_return_sequences?: number
  /** Exponent of the length that a beam's score is divided by: above 0 favours long texts. Default 1. */
  length_penalty?: number
  /** `true` stops at `num_beams` finished texts, `false` when a better one is unlikely, `'never'` when it is impossible. */
  early_stopping?: boolean | 'never'
  repetition_penalty?: number
  no_repeat_ngram_size?: number
  bad_words_ids?: readonly (readonly number[])[]
  suppress_tokens?: readonly number[]
  begin_suppress_tokens?: readonly number[]
  forced_bos_token_id?: number
  forced_eos_token_id?: number | readonly number[]
  eos_token_id?: number | readonly number[]
  pad_token_id?: number
  decoder_start_token_id?: number
  /** Draws from the distribution in place of taking the best. */
  do_sample?: boolean
  temperature?: number
  top_k?: number
  top_p?: number
  /** For `do_sample`; without one, every call differs. */
  seed?: number
}

export interface GenerationSettings {
  readonly maxNewTokens: number | null
  readonly maxLength: number | null
  readonly minLength: number
  readonly minNewTokens: number
  readonly beams: number
  readonly returned: number
  readonly lengthPenalty: number
  readonly earlyStopping: boolean | 'never'
  readonly repetitionPenalty: number
  readonly noRepeatNgramSize: number
  readonly badWords: readonly (readonly number[])[]
  readonly suppressed: readonly number[]
  readonly suppressedAtStart: readonly number[]
  readonly forcedFirst: number | null
  readonly forcedLast: readonly number[]
  readonly ends: readonly number[]
  readonly pad: number | null
  readonly start: number | null
  readonly begin: number | null
  readonly sampling: { temperature: number; topK: number; topP: number; seed: number | null } | null
}

/** What the pipelines of transformers allow where neither call nor model says anything. */
const DEFAULT_NEW_TOKENS = 256
/** The value of `max_length` that transformers takes for “not said”. */
const UNSAID_LENGTH = 20

const NOT_DONE = [
  'num_beam_groups',
  'penalty_alpha',
  'constraints',
  'force_words_ids',
  'assistant_model',
  'dola_layers',
]

/**
 * Settings out of a call's options over the model's own.
 * @param own - `generation_config.json`, or where there is none the model's configuration, the decoder's part first.
 * @throws SpaceError `invalid-value` naming the option.
 */
export function generationSettings(options: Json, ...own: readonly Json[]): GenerationSettings {
  const called = flattened(options)
  for (const name of NOT_DONE) {
    if (called[name] && !(name === 'num_beam_groups' && called[name] === 1))
      throw expected(name, 'nothing', called[name], 'Greedy search, beam search and sampling are there; leave it out.')
  }
  const find = (name: string): unknown => {
    for (const source of [called, ...own]) {
      const value = source[name]
      if (value !== undefined && value !== null) return value
    }
    return undefined
  }
  const read = reader(find)
  const beams = read.whole('num_beams', 1, 1, MOST_SEQUENCES)
  const sampling = read.flag('do_sample', false)
  if (sampling && beams > 1) throw expected('num_beams', '1 with do_sample', beams, 'Take one of the two.')
  const returned = read.whole('num_return_sequences', 1, 1, MOST_SEQUENCES)
  if (returned > beams && !sampling)
    throw expected('num_return_sequences', `at most num_beams (${beams})`, returned, 'Raise num_beams.')

  return {
    ...lengths(called, own, read),
    minLength: read.whole('min_length', 0, 0),
    minNewTokens: read.whole('min_new_tokens', 0, 0),
    beams,
    returned,
    lengthPenalty: read.number('length_penalty', 1),
    earlyStopping: read.earlyStopping(),
    repetitionPenalty: read.number('repetition_penalty', 1),
    noRepeatNgramSize: read.whole('no_repeat_ngram_size', 0, 0),
    badWords: read.lists('bad_words_ids'),
    suppressed: read.ids('suppress_tokens'),
    suppressedAtStart: read.ids('begin_suppress_tokens'),
    forcedFirst: read.ids('forced_bos_token_id')[0] ?? null,
    forcedLast: read.ids('forced_eos_token_id'),
    ends: read.ids('eos_token_id'),
    pad: read.ids('pad_token_id')[0] ?? null,
    start: read.ids('decoder_start_token_id')[0] ?? null,
    begin: read.ids('bos_token_id')[0] ?? null,
    sampling: sampling
      ? {
          temperature: read.positive('temperature', 1),
          topK: read.whole('top_k', 50, 0),
          topP: read.number('top_p', 1),
          seed: find('seed') === undefined ? null : read.number('seed', 0),
        }
      : null,
  }
}

/** Options may stand beside the others or, as in the Python pipelines and the Hub's API, in a record of their own. */
function flattened(options: Json): Json {
  return { ...record(options.generate_kwargs), ...record(options.generation_parameters), ...options }
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

function lengths(called: Json, own: readonly Json[], read: Reader) {
  const asked = called.max_new_tokens !== undefined || called.max_length !== undefined
  if (asked) {
    return {
      maxNewTokens: called.max_new_tokens === undefined ? null : read.whole('max_new_tokens', 0, 1),
      maxLength: called.max_length === undefined ? null : read.whole('max_length', 0, 1),
    }
  }
  const said = (name: string) => own.map((source) => source[name]).find((value) => typeof value === 'number')
  const newTokens = said('max_new_tokens') as number | undefined
  const length = said('max_length') as number | undefined
  if (newTokens !== undefined) return { maxNewTokens: newTokens, maxLength: null }
  if (length !== undefined && length !== UNSAID_LENGTH) return { maxNewTokens: null, maxLength: length }
  return { maxNewTokens: DEFAULT_NEW_TOKENS, maxLength: null }
}

/** Followed side by side; each has the memory of its keys and values. */
const MOST_SEQUENCES = 1024

type Reader = ReturnType<typeof reader>

function reader(find: (name: string) => unknown) {
  const isId = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)
  return {
    number(name: string, fallback: number): number {
      const value = find(name) ?? fallback
      if (typeof value !== 'number' || !Number.isFinite(value)) throw expected(name, 'a number', value)
      return value
    },
    positive(name: string, fallback: number): number {
      const value = find(name) ?? fallback
      if (typeof value !== 'number' || !(value > 0 && value < Infinity)) throw expected(name, 'a number above 0', value)
      return value
    },
    whole(name: string, fallback: number, least: number, most = Infinity): number {
      const value = find(name) ?? fallback
      if (isId(value) && value >= least && value <= most) return value
      throw expected(
        name,
        `a whole number, ${Number.isFinite(most) ? `${least} to ${most}` : `${least} or more`}`,
        value,
      )
    },
    flag(name: string, fallback: boolean): boolean {
      const value = find(name) ?? fallback
      if (typeof value !== 'boolean') throw expected(name, 'true or false', value)
      return value
    },
    earlyStopping(): boolean | 'never' {
      const value = find('early_stopping') ?? false
      if (typeof value !== 'boolean' && value !== 'never')
        throw expected('early_stopping', 'true, false or “never”', value)
      return value
    },
    /** One id or several; a negative one says “none”. */
    ids(name: string): readonly number[] {
      const value = find(name)
      if (value === undefined) return []
      const list = Array.isArray(value) ? value : [value]
      if (!list.every(isId)) throw expected(name, 'a token id, or a list of them', value)
      return list.filter((id) => id >= 0)
    },
    lists(name: string): readonly (readonly number[])[] {
      const value = find(name)
      if (value === undefined) return []
      if (
        !Array.isArray(value) ||
        !value.every((entry) => Array.isArray(entry) && entry.length > 0 && entry.every(isId))
      )
        throw expected(name, 'a list of lists of token ids', value)
      return value
    },
  }
}
