/** How text is generated: a call's options over the model's own settings, as transformers reads them. */

import { expected } from '#core/errors.ts'
import type { Json } from '#vision/task.ts'
import { createReader, MOST_SEQUENCES, type Reader } from './read-options.ts'
import type { Sampling } from './sampling.ts'

export interface TokenBias {
  readonly ids: readonly number[]
  readonly bias: number
}

/** From `start` new tokens on, the end's score grows by `factor` with each. */
export interface Decay {
  readonly start: number
  readonly factor: number
}

export interface GenerationSettings {
  readonly maxNewTokens: number | null
  readonly maxLength: number | null
  readonly minLength: number
  /** Counts in place of `minLength` where it is said, 0 included. */
  readonly minNewTokens: number | null
  readonly beams: number
  readonly returned: number
  readonly lengthPenalty: number
  readonly earlyStopping: boolean | 'never'
  readonly repetitionPenalty: number
  readonly noRepeatNgramSize: number
  /** The same two for the tokens that the model was given; above 1 favours those. */
  readonly sourceRepetition: number
  readonly sourceNgramSize: number
  readonly badWords: readonly (readonly number[])[]
  readonly tokenBias: readonly TokenBias[]
  readonly suppressed: readonly number[]
  readonly suppressedAtStart: readonly number[]
  readonly forcedFirst: number | null
  readonly forcedLast: readonly number[]
  readonly decay: Decay | null
  readonly renormalize: boolean
  readonly removeInvalid: boolean
  readonly stopTexts: readonly string[]
  readonly maxSeconds: number | null
  readonly ends: readonly number[]
  readonly pad: number | null
  readonly start: number | null
  readonly begin: number | null
  readonly sampling: Sampling | null
}

/** What the pipelines of transformers allow where neither call nor model says anything. */
const DEFAULT_NEW_TOKENS = 256
/** The value of `max_length` that transformers takes for “not said”. */
const UNSAID_LENGTH = 20

/** What transformers has beyond these: other ways to search, second models, guidance, watermarks. */
const NOT_DONE = [
  'num_beam_groups',
  'diversity_penalty',
  'penalty_alpha',
  'constraints',
  'force_words_ids',
  'assistant_model',
  'assistant_early_exit',
  'prompt_lookup_num_tokens',
  'dola_layers',
  'top_h',
  'guidance_scale',
  'token_healing',
  'watermarking_config',
]
/** Their values that change nothing. */
const IDLE: Json = { num_beam_groups: 1, guidance_scale: 1 }

/**
 * Settings out of a call's options over the model's own.
 * @param own - `generation_config.json`, or where there is none the model's configuration; first wins.
 * @throws SpaceError `invalid-value` naming the option.
 */
export function generationSettings(options: Json, ...own: readonly Json[]): GenerationSettings {
  const called = flattened(options)
  const find = (name: string): unknown =>
    [called, ...own].map((source) => source[name]).find((value) => value !== undefined && value !== null)
  refuseOthers(called, find)
  const read = createReader(find)
  const beams = read.whole('num_beams', 1, 1, MOST_SEQUENCES)
  const sampling = read.flag('do_sample', false)
  const returned = read.whole('num_return_sequences', 1, 1, MOST_SEQUENCES)
  if (returned > beams && (beams > 1 || !sampling))
    throw expected('num_return_sequences', `at most num_beams (${beams})`, returned, 'Raise num_beams.')
  const decay = read.pair('exponential_decay_length_penalty')
  const suppressed = read.ids('suppress_tokens')
  const suppressedAtStart = read.ids('begin_suppress_tokens')
  const forced = (name: string, shut: readonly number[]) => {
    const ids = read.ids(name)
    if (ids.length > 0 && ids.every((id) => shut.includes(id)))
      throw expected(name, 'a token that is not suppressed', ids.join(', '), 'Take it out of the suppressed tokens.')
    return ids
  }

  return {
    ...lengths(called, own, read),
    minLength: read.whole('min_length', 0, 0),
    minNewTokens: find('min_new_tokens') === undefined ? null : read.whole('min_new_tokens', 0, 0),
    beams,
    returned,
    lengthPenalty: read.number('length_penalty', 1),
    earlyStopping: read.earlyStopping(),
    repetitionPenalty: read.positive('repetition_penalty', 1),
    noRepeatNgramSize: read.whole('no_repeat_ngram_size', 0, 0),
    sourceRepetition: read.positive('encoder_repetition_penalty', 1),
    sourceNgramSize: read.whole('encoder_no_repeat_ngram_size', 0, 0),
    badWords: read.lists('bad_words_ids'),
    tokenBias: read.biases('sequence_bias'),
    suppressed,
    suppressedAtStart,
    forcedFirst: forced('forced_bos_token_id', suppressed)[0] ?? null,
    forcedLast: forced('forced_eos_token_id', suppressed),
    decay: decay && { start: decay[0], factor: decay[1] },
    renormalize: read.flag('renormalize_logits', false),
    removeInvalid: read.flag('remove_invalid_values', false),
    stopTexts: read.texts('stop_strings'),
    maxSeconds: find('max_time') === undefined ? null : read.positive('max_time', 1),
    ends: read.ids('eos_token_id'),
    pad: read.ids('pad_token_id')[0] ?? null,
    start: read.ids('decoder_start_token_id')[0] ?? null,
    begin: read.ids('bos_token_id')[0] ?? null,
    sampling: sampling ? samplingOf(read, find('seed') !== undefined, find('min_p') !== undefined) : null,
  }
}

/** @param find - the value that counts: a model may ask for it as well as a call */
function refuseOthers(called: Json, find: (name: string) => unknown): void {
  for (const name of NOT_DONE) {
    const value = find(name)
    if (!value || value === IDLE[name] || (Array.isArray(value) && value.length === 0)) continue
    const hint = 'Greedy search, beam search and sampling are there; '
    const way = called[name]
      ? 'leave it out.'
      : `the model asks for it: say ${name}: ${IDLE[name] ?? false} to do without.`
    throw expected(name, 'nothing', value, hint + way)
  }
}

/**
 * Tokens that are to be said, or not to be, have to be words of the model.
 * @param given - what the call begins with. @param vocabulary - how many words the model has
 * @throws SpaceError `invalid-value`
 */
export function checkWords(settings: GenerationSettings, given: readonly number[], vocabulary: number): void {
  const { forcedFirst, forcedLast, badWords, tokenBias } = settings
  const said: readonly (readonly [name: string, ids: readonly number[]])[] = [
    ['decoder_input_ids', given],
    ['forced_bos_token_id', forcedFirst === null ? [] : [forcedFirst]],
    ['forced_eos_token_id', forcedLast],
    ['bad_words_ids', badWords.flat()],
    ['sequence_bias', tokenBias.flatMap(({ ids }) => ids)],
  ]
  for (const [name, ids] of said) {
    const stray = ids.find((id) => id < 0 || id >= vocabulary)
    if (stray !== undefined) throw expected(name, `token ids below ${vocabulary}, the words of the model`, stray)
  }
}

function samplingOf(read: Reader, seeded: boolean, barred: boolean): Sampling {
  return {
    temperature: read.positive('temperature', 1),
    topK: read.whole('top_k', 50, 0),
    topP: read.number('top_p', 1, 0, 1),
    minP: barred ? read.number('min_p', 0, 0, 1) : null,
    typicalP: read.share('typical_p', 1),
    epsilonCutoff: read.cutoff('epsilon_cutoff'),
    etaCutoff: read.cutoff('eta_cutoff'),
    seed: seeded ? read.whole('seed', 0) : null,
  }
}

/** Options may stand beside the others or, as in the Python pipelines and the Hub's API, in a record of their own. */
export function flattened(options: Json): Json {
  const within = (from: Json, name: string): Json => {
    const value = from[name] ?? {}
    if (typeof value === 'object' && !Array.isArray(value)) return value as Json
    throw expected(name, 'an object of options', value)
  }
  const spread = { ...within(options, 'generate_kwargs'), ...within(options, 'generation_parameters'), ...options }
  return { ...within(spread, 'generation_config'), ...spread }
}

/** Whoever says `max_new_tokens`, call or model, overrules every `max_length`. */
function lengths(called: Json, own: readonly Json[], read: Reader) {
  const said = (name: string) => [called, ...own].some((source) => typeof (source[name] ?? null) !== 'object')
  if (said('max_new_tokens')) return { maxNewTokens: read.whole('max_new_tokens', 0, 1), maxLength: null }
  const fromModel = own.map((source) => source.max_length).find((value) => typeof value === 'number')
  const byModel = fromModel !== undefined && fromModel !== UNSAID_LENGTH
  if (byModel || (called.max_length ?? null) !== null)
    return { maxNewTokens: null, maxLength: read.whole('max_length', 0, 1) }
  return { maxNewTokens: DEFAULT_NEW_TOKENS, maxLength: null }
}
