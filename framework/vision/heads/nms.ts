/** Greedy non-maximum suppression. */

import type { Corners } from './boxes.ts'

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
  const overlaps = createOverlaps(boxes)
  const kept: number[] = []
  for (const index of order) {
    const own = classes[index]
    let stays = true
    for (let i = 0; stays && i < kept.length; i++) {
      const other = kept[i] as number
      stays = classes[other] !== own || !(overlaps(index, other) > threshold)
    }
    if (stays) kept.push(index)
  }
  return kept
}

const f32 = Math.fround

/** As `overlapOf`, of boxes by their places in the list: with thousands of them it is asked millions of times. */
function createOverlaps(boxes: readonly Corners[]): (a: number, b: number) => number {
  const sides = new Float64Array(boxes.length * 4)
  for (const [i, box] of boxes.entries()) sides.set(box, i * 4)
  const side = (at: number) => sides[at] as number
  const areas = Float64Array.from(boxes, (_, i) =>
    f32(f32(side(i * 4 + 2) - side(i * 4)) * f32(side(i * 4 + 3) - side(i * 4 + 1))),
  )
  return (first, second) => {
    const [a, b] = [first * 4, second * 4]
    const width = f32(Math.min(side(a + 2), side(b + 2)) - Math.max(side(a), side(b)))
    if (width <= 0) return 0
    const height = f32(Math.min(side(a + 3), side(b + 3)) - Math.max(side(a + 1), side(b + 1)))
    if (height <= 0) return 0
    const shared = f32(width * height)
    return f32(shared / f32(f32((areas[first] as number) + (areas[second] as number)) - shared))
  }
}
