/** Panoptic segmentation: queries compete for the pixels. */

import type { Size } from '../task.ts'
import { argmax, sigmoids, softmax } from './activations.ts'
import { bilinearRow, linearAxis, type Plane } from './interpolate.ts'
import type { Mask } from './masks.ts'
import type { QueryMasks } from './queries.ts'
import { roundTo6, type Segment, segmentMasks } from './segments.ts'

export interface SegmentOptions {
  /** Queries at or below this class score are left out. */
  readonly threshold: number
  /** From which probability a pixel counts as belonging to a query's mask. */
  readonly mask_threshold: number
  /** Segments of which no larger part is left once others have taken their pixels are dropped. */
  readonly overlap_mask_area_threshold: number
  /** Classes all of whose segments become one. */
  readonly label_ids_to_fuse?: readonly number[]
}

interface Candidate {
  readonly label: number
  readonly score: number
  readonly probabilities: Plane
}

/** Panoptic segmentation: each pixel belongs to one segment at most. */
export function panopticSegments(model: QueryMasks, size: Size, options: SegmentOptions): Segment[] {
  const candidates = sureQueries(model, options.threshold)
  const { owner, areas } = contest(candidates, size, Math.fround(options.mask_threshold))
  return chosen(candidates, owner, areas, size, options)
}

function sureQueries(model: QueryMasks, threshold: number): Candidate[] {
  const found: Candidate[] = []
  const columns = model.classes + 1
  for (let query = 0; query < model.queries; query++) {
    const scores = softmax(model.classLogits, query * columns, columns)
    const label = argmax(scores)
    const score = scores[label] as number
    if (label === model.classes || !(score > Math.fround(threshold))) continue
    const mask = model.masks(query)
    found.push({ label, score, probabilities: { ...mask, data: sigmoids(mask.data) } })
  }
  return found
}

interface Areas {
  /** Pixels where the candidate has the largest value. */
  readonly owned: Uint32Array
  /** Pixels where its value reaches the mask threshold. */
  readonly claimed: Uint32Array
}

/** Which candidate each pixel goes to, by probability times class score, both enlarged row by row. */
function contest(candidates: readonly Candidate[], size: Size, threshold: number): { owner: Int16Array; areas: Areas } {
  const owner = new Int16Array(size.width * size.height).fill(-1)
  const areas = { owned: new Uint32Array(candidates.length), claimed: new Uint32Array(candidates.length) }
  const first = candidates[0]?.probabilities
  if (!first) return { owner, areas }
  const columns = linearAxis(first.width, size.width)
  const rows = linearAxis(first.height, size.height)
  const best = new Float32Array(size.width)
  const values = new Float32Array(size.width)
  for (let y = 0; y < size.height; y++) {
    const here = owner.subarray(y * size.width, (y + 1) * size.width)
    best.fill(-1)
    for (const [index, { score, probabilities }] of candidates.entries()) {
      bilinearRow(probabilities.data, 0, first.width, columns, rows, y, values)
      let claimed = 0
      for (let x = 0; x < size.width; x++) {
        const value = Math.fround((values[x] as number) * score)
        if (value >= threshold) claimed++
        if (value > (best[x] as number)) {
          best[x] = value
          here[x] = index
        }
      }
      ;(areas.claimed[index] as number) += claimed
    }
    for (const index of here) (areas.owned[index] as number)++
  }
  return { owner, areas }
}

function chosen(
  candidates: readonly Candidate[],
  owner: Int16Array,
  { owned, claimed }: Areas,
  size: Size,
  options: SegmentOptions,
): Segment[] {
  const fused = new Set(options.label_ids_to_fuse)
  const shared = new Map<number, number>()
  const idOf = new Int32Array(candidates.length).fill(-1)
  const segments: { label: number; score: number }[] = []
  for (const [index, { label, score }] of candidates.entries()) {
    const [mine, wanted] = [owned[index] as number, claimed[index] as number]
    if (mine === 0 || wanted === 0) continue
    if (!(Math.fround(mine / wanted) > options.overlap_mask_area_threshold)) continue
    const id = shared.get(label) ?? segments.length
    idOf[index] = id
    if (id === segments.length) segments.push({ label, score: roundTo6(score) })
    if (fused.has(label)) shared.set(label, id)
  }
  const masks = segmentMasks(segments.length, size, (pixel) => idOf[owner[pixel] as number] ?? -1)
  return segments.map((segment, id) => ({ ...segment, mask: masks[id] as Mask }))
}
