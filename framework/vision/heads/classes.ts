/** From logits to classes with scores. */

import type { Classification } from '#core/media.ts'
import { sigmoids, softmax } from './activations.ts'
import { topK } from './topk.ts'

/** What turns logits into scores. */
export const SCORE_FUNCTIONS = ['softmax', 'sigmoid', 'none'] as const
export type ScoreFunction = (typeof SCORE_FUNCTIONS)[number]

export function scoresOf(logits: Float32Array, apply: ScoreFunction): Float32Array {
  if (apply === 'none') return logits
  return apply === 'softmax' ? softmax(logits) : sigmoids(logits)
}

/** Best first; equal scores keep their order. @param count - at most so many. */
export function topClasses(scores: Float32Array, count: number, label: (index: number) => string): Classification[] {
  return topK(scores, count).map(({ index, value }) => ({ label: label(index), score: value }))
}
