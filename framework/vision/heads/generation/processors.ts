/**
 * Logits processors: what is forbidden or forced before a token is chosen. Names, order and arithmetic are transformers';
 * scores are changed in place. Beam search hands them log-probabilities, greedy search raw logits, as there.
 */

import type { GenerationSettings } from './settings.ts'

/** @param tokens - everything so far, prompt included. */
export type LogitsProcessor = (tokens: readonly number[], scores: Float32Array) => void

/** @param length.prompt - tokens that were there before the first generated one. @param length.most - tokens altogether. */
export function logitsProcessors(
  settings: GenerationSettings,
  length: { prompt: number; most: number },
): LogitsProcessor {
  const list: LogitsProcessor[] = []
  const { ends, forcedFirst, forcedLast } = settings
  if (settings.repetitionPenalty !== 1) list.push(repetition(settings.repetitionPenalty))
  if (settings.noRepeatNgramSize > 0) list.push(noRepeatedNgram(settings.noRepeatNgramSize))
  if (settings.badWords.length) list.push(badWords(settings.badWords, ends))
  const least = Math.max(
    settings.minLength,
    settings.minNewTokens > 0 ? Math.min(length.prompt + settings.minNewTokens, length.most) : 0,
  )
  if (least > 0 && ends.length) list.push((tokens, scores) => tokens.length < least && forbid(scores, ends))
  if (forcedFirst !== null) list.push((tokens, scores) => tokens.length === 1 && force(scores, [forcedFirst]))
  if (forcedLast.length) list.push((tokens, scores) => tokens.length === length.most - 1 && force(scores, forcedLast))
  if (settings.suppressed.length) list.push((_, scores) => forbid(scores, settings.suppressed))
  if (settings.suppressedAtStart.length) {
    const first = length.prompt > 1 || forcedFirst === null ? length.prompt : length.prompt + 1
    list.push((tokens, scores) => tokens.length === first && forbid(scores, settings.suppressedAtStart))
  }
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

/** Keskar et al. 2019: tokens that were there already lose, whatever the sign of their score. */
function repetition(penalty: number): LogitsProcessor {
  return (tokens, scores) => {
    for (const id of new Set(tokens)) {
      const score = scores[id]
      if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty
    }
  }
}

/** Forbids every token that would end an n-gram which is already there. */
function noRepeatedNgram(size: number): LogitsProcessor {
  return (tokens, scores) => {
    if (tokens.length + 1 < size) return
    const tail = tokens.slice(tokens.length - size + 1)
    for (let start = 0; start + size <= tokens.length; start++) {
      if (tail.every((id, i) => tokens[start + i] === id)) scores[tokens[start + size - 1] as number] = -Infinity
    }
  }
}

/** Forbids the last token of each word whose other tokens have just come. An end token alone is no bad word. */
function badWords(words: readonly (readonly number[])[], ends: readonly number[]): LogitsProcessor {
  const meant = words.filter((word) => !(word.length === 1 && ends.includes(word[0] as number)))
  return (tokens, scores) => {
    for (const word of meant) {
      const before = word.slice(0, -1)
      const tail = tokens.slice(tokens.length - before.length)
      if (before.length <= tokens.length && before.every((id, i) => tail[i] === id))
        scores[word.at(-1) as number] = -Infinity
    }
  }
}
