/** CLIPSeg: a map of logits for each question to a mask. */

import type { Size, Tensor } from '../task.ts'
import { maxOf, sigmoids } from './activations.ts'
import { bilinear } from './interpolate.ts'
import { type Mask, maskAbove } from './masks.ts'

export interface SoftMask {
  /** The largest probability in the map, 0..1. */
  readonly score: number
  readonly mask: Mask
}

/**
 * Probabilities are enlarged, not logits: the masks differ at their edges.
 * @param logits - `[count, height, width]`, or `[height, width]` for one
 */
export function softMasks({ data, dims }: Tensor<'float32'>, { width, height }: Size, threshold: number): SoftMask[] {
  const [count = 1, rows = 0, columns = 0] = [1, ...dims].slice(-3)
  const size = { width, height }
  return Array.from({ length: count }, (_, index) => {
    const plane = sigmoids(data.subarray(index * rows * columns, (index + 1) * rows * columns))
    const enlarged = bilinear({ width: columns, height: rows, data: plane }, size, { channel: { index, count } })
    return { score: maxOf(plane), mask: maskAbove(enlarged, Math.fround(threshold)) }
  })
}
