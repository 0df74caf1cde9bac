/** From logits to classes with scores. */

import type { Classification } from '#core/media.ts'

/** What turns logits into scores. */
export type ScoreFunction = 'softmax' | 'sigmoid' | 'none'

export function softmax(logits: ArrayLike<number>): Float64Array {
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) highest = Math.max(highest, logits[i] as number)
  const scores = new Float64Array(logits.length)
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const score = Math.exp((logits[i] as number) - highest)
    scores[i] = score
    sum += score
  }
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) / sum
  return scores
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

export function scoresOf(logits: ArrayLike<number>, apply: ScoreFunction): Float64Array {
  if (apply === 'softmax') return softmax(logits)
  return Float64Array.from(logits, apply === 'sigmoid' ? sigmoid : Number)
}

/** Best first; equal scores keep their order. @param count - at most so many. */
export function topClasses(scores: Float64Array, count: number, label: (index: number) => string): Classification[] {
  return Array.from(scores, (score, index) => ({ score, index }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ score, index }) => ({ label: label(index), score }))
}
