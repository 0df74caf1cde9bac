/** OmDet-Turbo: every pair of box and label is a proposal, and of those of one label that overlap the best one stays. */

import type { Size, Tensor } from '../task.ts'
import { sigmoids } from './activations.ts'
import { type Corners, cornersAt } from './boxes.ts'
import { suppressedByClass } from './nms.ts'
import { topKUnsorted } from './topk.ts'

export interface Proposal {
  /** Index of the label. */
  readonly label: number
  readonly score: number
  /** Relative to the picture, cut at its edges. */
  readonly corners: Corners
}

/**
 * Best first.
 * @param logits - `[1, boxes, labels]`
 * @param boxes - `[1, boxes, 4]`, `cx, cy, width, height`, 0..1
 * @param options - `threshold` is for scores, `nmsThreshold` for how much two boxes of one label may overlap
 */
export function proposals(
  logits: Tensor<'float32'>,
  boxes: Tensor<'float32'>,
  size: Size,
  { threshold, nmsThreshold }: { threshold: number; nmsThreshold: number },
): Proposal[] {
  const [count = 0, labels = 0] = logits.dims.slice(-2)
  const sides = [size.width, size.height, size.width, size.height]
  const likely = topKUnsorted(sigmoids(logits.data), count)
    .filter(({ value }) => value > Math.fround(threshold))
    .map(({ index, value }) => ({
      label: index % labels,
      score: value,
      corners: cornersAt(boxes.data, Math.floor(index / labels)),
    }))
  const inPixels = likely.map(({ corners }) => corners.map((side, i) => Math.fround(side * (sides[i] as number))))
  const kept = suppressedByClass(
    inPixels as unknown as Corners[],
    likely.map(({ score }) => score),
    likely.map(({ label }) => label),
    nmsThreshold,
  )
  const inside = (side: number) => Math.min(1, Math.max(0, side))
  return kept.map((index) => {
    const { corners, ...proposal } = likely[index] as Proposal
    return { ...proposal, corners: corners.map(inside) as unknown as Corners }
  })
}
