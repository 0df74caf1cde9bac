/** Instance segmentation: the surest pairs of query and class. */

import type { Size } from '../task.ts'
import { sigmoid, softmax } from './activations.ts'
import { nearestAxis, type Plane } from './interpolate.ts'
import type { Mask } from './masks.ts'
import type { QueryMasks } from './queries.ts'
import { roundTo6, type Segment, segmentMasks } from './segments.ts'
import { topKUnsorted } from './topk.ts'

/**
 * Instance segmentation of MaskFormer and Mask2Former: the best pairs of query and class, as many as there are queries;
 * later ones take pixels from earlier ones, so a mask may end up empty.
 */
export function instanceSegments(model: QueryMasks, size: Size, threshold: number): Segment[] {
  const columns = model.classes + 1
  const scores = new Float32Array(model.queries * model.classes)
  for (let query = 0; query < model.queries; query++) {
    const row = softmax(model.classLogits, query * columns, columns)
    scores.set(row.subarray(0, model.classes), query * model.classes)
  }
  const owner = new Int16Array(size.width * size.height).fill(-1)
  const found: { label: number; score: number }[] = []
  for (const { index, value } of topKUnsorted(scores, model.queries)) {
    // The mean inside a mask is at most 1: this one cannot reach the threshold.
    if (value < threshold) continue
    const mask = model.masks(Math.floor(index / model.classes))
    const score = Math.fround(value * meanInside(mask))
    if (!(score >= threshold)) continue
    if (claim(owner, mask, size, found.length)) found.push({ label: index % model.classes, score: roundTo6(score) })
  }
  const masks = segmentMasks(found.length, size, (pixel) => owner[pixel] as number)
  return found.map((segment, id) => ({ ...segment, mask: masks[id] as Mask }))
}

/** Mean probability of the pixels whose logit is positive. */
function meanInside({ data }: Plane): number {
  let [sum, count] = [0, 0]
  for (const logit of data) {
    if (!(logit > 0)) continue
    sum += sigmoid(logit)
    count++
  }
  return sum / (count + 1e-6)
}

/** Gives the pixels whose nearest logit is positive to `id`; false where there are none. */
function claim(owner: Int16Array, { width, height, data }: Plane, size: Size, id: number): boolean {
  const columns = nearestAxis(width, size.width)
  const rows = nearestAxis(height, size.height)
  let any = false
  for (let y = 0; y < size.height; y++) {
    const row = (rows[y] as number) * width
    for (let x = 0; x < size.width; x++) {
      if (!((data[row + (columns[x] as number)] as number) > 0)) continue
      owner[y * size.width + x] = id
      any = true
    }
  }
  return any
}
