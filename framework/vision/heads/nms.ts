/** Greedy non-maximum suppression. */

import { type Corners, overlapOf } from './boxes.ts'

/**
 * Indices of the boxes that stay, best score first: a box goes when it overlaps a better one by more than `threshold`
 * (intersection over union). Equal scores keep their order.
 */
export function nonMaximumSuppression(
  boxes: readonly Corners[],
  scores: ArrayLike<number>,
  threshold: number,
): number[] {
  const order = boxes.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  const kept: number[] = []
  for (const index of order) {
    const box = boxes[index] as Corners
    if (kept.every((other) => !(overlapOf(box, boxes[other] as Corners) > threshold))) kept.push(index)
  }
  return kept
}
