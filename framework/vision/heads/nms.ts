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
  return suppressedByClass(
    boxes,
    scores,
    boxes.map(() => 0),
    threshold,
  )
}

/** The same among the boxes of each class by itself. */
export function suppressedByClass(
  boxes: readonly Corners[],
  scores: ArrayLike<number>,
  classes: readonly number[],
  threshold: number,
): number[] {
  const order = boxes.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  const kept: number[] = []
  for (const index of order) {
    const covered = (other: number) =>
      classes[other] === classes[index] && overlapOf(boxes[index] as Corners, boxes[other] as Corners) > threshold
    if (!kept.some(covered)) kept.push(index)
  }
  return kept
}
