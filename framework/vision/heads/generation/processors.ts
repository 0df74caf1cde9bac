/**
 * Logits processors: what is forbidden, forced or favoured before a token is chosen. Names, order and arithmetic are
 * transformers'; scores are changed in place. Beam search hands them log-probabilities, greedy search raw logits, as there.
 */

import { warpers } from './sampling.ts'
import { logSoftmax } from './search.ts'
import type { Decay, GenerationSettings, TokenBias } from './settings.ts'

/** @param tokens - everything so far, prompt included. */
export type LogitsProcessor = (tokens: readonly number[], scores: Float32Array) => void

/**
 * @param length.prompt - tokens that were there before the first generated one. @param length.most - tokens altogether.
 * @param source - tokens that were given to the model as its input; of no meaning where that was a picture alone.
 */
export function logitsProcessors(
  settings: GenerationSettings,
  length: { prompt: number; most: number },
  source: readonly number[] = [],
): LogitsProcessor {
  const list: LogitsProcessor[] = []
  const { ends, forcedFirst, forcedLast, sampling, sourceRepetition, sourceNgramSize } = settings
  if (settings.tokenBias.length) list.push(biased(settings.tokenBias))
  if (sourceRepetition !== 1) list.push((_, scores) => penalise(scores, source, 1 / sourceRepetition))
  if (settings.repetitionPenalty !== 1)
    list.push((tokens, scores) => penalise(scores, tokens, settings.repetitionPenalty))
  if (settings.noRepeatNgramSize > 0)
    list.push((tokens, scores) => forbidNgrams(scores, tokens, tokens, settings.noRepeatNgramSize))
  if (sourceNgramSize > 0) list.push((tokens, scores) => forbidNgrams(scores, source, tokens, sourceNgramSize))
  if (settings.badWords.length) list.push(biased(badWords(settings.badWords, ends)))
  // The shortest text counts its prompt; fewest new tokens, where they are said, replace it.
  const { minNewTokens, minLength } = settings
  const least = minNewTokens === null ? minLength : length.prompt + minNewTokens
  if (least > 0 && ends.length) list.push((tokens, scores) => tokens.length < least && forbid(scores, ends))
  if (forcedFirst !== null) list.push((tokens, scores) => tokens.length === 1 && force(scores, [forcedFirst]))
  if (forcedLast.length) list.push((tokens, scores) => tokens.length === length.most - 1 && force(scores, forcedLast))
  if (settings.removeInvalid) list.push((_, scores) => makeFinite(scores))
  if (settings.decay) list.push(decayed(settings.decay, length.prompt, ends))
  if (settings.suppressed.length) list.push((_, scores) => forbid(scores, settings.suppressed))
  if (settings.suppressedAtStart.length) {
    const first = length.prompt > 1 || forcedFirst === null ? length.prompt : length.prompt + 1
    list.push((tokens, scores) => tokens.length === first && forbid(scores, settings.suppressedAtStart))
  }
  // A beam that may end keeps a token to go on with.
  const fewest = settings.beams > 1 ? Math.max(2, 1 + ends.length) : 1
  if (sampling) for (const warp of warpers(sampling, fewest)) list.push((_, scores) => warp(scores))
  if (settings.renormalize) list.push((_, scores) => logSoftmax(scores))
  return (tokens, scores) => {
    for (const process of list) process(tokens, scores)
  }
}

function forbid(scores: Float32Array, ids: readonly number[]): void {
  for (const id of ids) scores[id] = -Infinity
}

function force(scores: Float32Array, ids: readonly number[]): void {
  scores.fill(-Infinity)
  for (const id of ids) scores[id] = 0
}

const LARGEST = 3.4028234663852886e38

function makeFinite(scores: Float32Array): void {
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number
    if (Number.isNaN(score)) scores[i] = 0
    else scores[i] = Math.min(LARGEST, Math.max(-LARGEST, score))
  }
}

/** Keskar et al. 2019: tokens that were there already lose, whatever the sign of their score. */
function penalise(scores: Float32Array, seen: readonly number[], penalty: number): void {
  for (const id of new Set(seen)) {
    const score = scores[id]
    if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty
  }
}

/** Forbids every token that would end an n-gram which is there in `seen`. */
function forbidNgrams(scores: Float32Array, seen: readonly number[], tokens: readonly number[], size: number): void {
  if (tokens.length + 1 < size) return
  const tail = tokens.slice(tokens.length - size + 1)
  for (let start = 0; start + size <= seen.length; start++) {
    if (tail.every((id, i) => seen[start + i] === id)) scores[seen[start + size - 1] as number] = -Infinity
  }
}

/** Adds to the last token of each sequence whose other tokens have just come. */
function biased(biases: readonly TokenBias[]): LogitsProcessor {
  return (tokens, scores) => {
    for (const { ids, bias } of biases) {
      const [last, ...before] = [ids.at(-1) as number, ...ids.slice(0, -1)]
      const from = tokens.length - before.length
      if (from >= 0 && before.every((id, i) => tokens[from + i] === id)) scores[last] = (scores[last] as number) + bias
    }
  }
}

/** An end token alone is no bad word. */
function badWords(words: readonly (readonly number[])[], ends: readonly number[]): TokenBias[] {
  return words
    .filter((word) => !(word.length === 1 && ends.includes(word[0] as number)))
    .map((ids) => ({ ids, bias: -Infinity }))
}

/** From some length on the end becomes likelier with every token; an end that is forbidden stays so. */
function decayed({ start, factor }: Decay, prompt: number, ends: readonly number[]): LogitsProcessor {
  return (tokens, scores) => {
    const beyond = tokens.length - start - prompt
    if (beyond <= 0) return
    for (const id of new Set(ends)) {
      const score = scores[id] as number
      if (score > -Infinity) scores[id] = score + Math.abs(score) * (factor ** beyond - 1)
    }
  }
}
