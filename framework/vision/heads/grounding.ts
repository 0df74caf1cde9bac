/** Grounding DINO: boxes whose classes are stretches of a sentence. */

import type { Size, Tensor } from '../task.ts'
import { sigmoid } from './activations.ts'
import { type Box, cornersAt, toBox, toRelativeBox } from './boxes.ts'

export interface GroundedBox {
  readonly score: number
  readonly box: Box
  /** Positions in the sentence's tokens that the box answers to. */
  readonly tokens: readonly number[]
}

/** One sentence of all labels, as the model was trained on: `a cat. a dog.` */
export function sentenceOf(labels: readonly string[]): string {
  return `${labels.map((label) => label.trim().replace(/[.\s]+$/, '')).join('. ')}.`.toLowerCase()
}

/**
 * In the order of the queries.
 * @param logits - `[1, queries, tokens]`; -Infinity beyond the sentence
 * @param threshold - a query counts when its best token is above it
 * @param textThreshold - tokens above it make up the label; the first and the last position never do
 */
export function groundedBoxes(
  logits: Tensor<'float32'>,
  boxes: Tensor<'float32'>,
  size: Size,
  { threshold, textThreshold, percentage = false }: { threshold: number; textThreshold: number; percentage?: boolean },
): GroundedBox[] {
  const [queries = 0, length = 0] = logits.dims.slice(-2)
  const found: GroundedBox[] = []
  for (let query = 0; query < queries; query++) {
    let score = 0
    const tokens: number[] = []
    for (let i = 0; i < length; i++) {
      const probability = sigmoid(logits.data[query * length + i] as number)
      score = Math.max(score, probability)
      if (i > 0 && i < length - 1 && probability > Math.fround(textThreshold)) tokens.push(i)
    }
    if (!(score > Math.fround(threshold))) continue
    const corners = cornersAt(boxes.data, query)
    found.push({ score, tokens, box: percentage ? toRelativeBox(corners) : toBox(corners, size) })
  }
  return found
}
