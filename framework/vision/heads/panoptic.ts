/** Panoptic segmentation: queries compete for the pixels. */

import type { Size } from '../task.ts'
import { argmax, sigmoid, sigmoids, softmax } from './activations.ts'
import type { Plane } from './interpolate.ts'
import { blendOf, LinearRows, linearAxis } from './linear-rows.ts'
import type { Mask } from './masks.ts'
import type { QueryMasks } from './queries.ts'
import { roundTo6, type Segment, segmentMasks } from './segments.ts'
import { SmoothRows } from './smooth-rows.ts'

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

/** Where models differ in how their queries compete. */
export interface Contest {
  /** When mask logits become probabilities: before they are enlarged, after, or not at all. */
  readonly sigmoid: 'before' | 'after' | 'never'
  /** Every pixel of a segment has to reach the mask threshold, and by its probability alone; otherwise times the score. */
  readonly strict: boolean
  /** Masks are enlarged or shrunk with antialiasing. */
  readonly smooth?: boolean
}

/** DETR, MaskFormer and Mask2Former. */
const FORMERS: Contest = { sigmoid: 'before', strict: false }

/** A query that competes for pixels. */
export interface Candidate {
  readonly label: number
  readonly score: number
  /** Logits. */
  readonly mask: Plane
}

/** Panoptic segmentation: each pixel belongs to one segment at most. */
export function panopticSegments(model: QueryMasks, size: Size, options: SegmentOptions, contest = FORMERS): Segment[] {
  return contestedSegments(sureQueries(model, options.threshold), size, options, contest)
}

/** Segments of candidates of which each pixel goes to the one that is surest of it. */
export function contestedSegments(
  candidates: readonly Candidate[],
  size: Size,
  options: SegmentOptions,
  contest: Contest,
): Segment[] {
  const { owner, areas } = compete(candidates, size, Math.fround(options.mask_threshold), contest)
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
    found.push({ label, score, mask: model.masks(query) })
  }
  return found
}

/** Pixels of each candidate. */
interface Areas {
  /** Where it has the largest value. */
  readonly owned: Uint32Array
  /** Where it reaches the mask threshold. */
  readonly claimed: Uint32Array
  /** Which go to it. */
  readonly kept: Uint32Array
}

/** Which candidate each pixel goes to, by probability times class score, both enlarged row by row; -1 for none. */
function compete(
  candidates: readonly Candidate[],
  size: Size,
  threshold: number,
  { sigmoid: when, strict, smooth = false }: Contest,
): { owner: Int16Array; areas: Areas } {
  const owner = new Int16Array(size.width * size.height).fill(-1)
  const count = () => new Uint32Array(candidates.length)
  const areas = { owned: count(), claimed: count(), kept: count() }
  const first = candidates[0]?.mask
  if (!first) return { owner, areas }
  const columns = linearAxis(first.width, size.width)
  const rows = linearAxis(first.height, size.height)
  const planes = candidates.map(({ mask }, index) => {
    const data = when === 'before' ? sigmoids(mask.data) : mask.data
    if (smooth) return new SmoothRows(data, mask, size)
    return new LinearRows(data, first.width, columns, rows, blendOf(size, { index, count: candidates.length }))
  })
  const values = new Float32Array(size.width)
  const row = new ContestedRow(size.width, threshold, strict)
  for (let y = 0; y < size.height; y++) {
    row.start(owner.subarray(y * size.width, (y + 1) * size.width))
    for (const [index, { score }] of candidates.entries()) {
      planes[index]?.fill(y, values)
      if (when === 'after') for (let x = 0; x < values.length; x++) values[x] = sigmoid(values[x] as number)
      ;(areas.claimed[index] as number) += row.take(index, values, score)
    }
    row.finish(areas)
  }
  return { owner, areas }
}

class ContestedRow {
  readonly #threshold: number
  readonly #strict: boolean
  readonly #best: Float32Array
  readonly #sure: Uint8Array
  #owner: Int16Array = new Int16Array(0)

  constructor(width: number, threshold: number, strict: boolean) {
    this.#threshold = threshold
    this.#strict = strict
    this.#best = new Float32Array(width)
    this.#sure = new Uint8Array(width)
  }

  start(owner: Int16Array): void {
    this.#owner = owner
    this.#best.fill(-Infinity)
  }

  /** How many pixels reach the threshold. */
  take(candidate: number, values: Float32Array, score: number): number {
    const [best, sure, owner, threshold, strict] = [this.#best, this.#sure, this.#owner, this.#threshold, this.#strict]
    let claimed = 0
    for (let x = 0; x < values.length; x++) {
      const bare = values[x] as number
      const value = Math.fround(bare * score)
      const claims = (strict ? bare : value) >= threshold
      if (claims) claimed++
      if (value > (best[x] as number)) {
        best[x] = value
        owner[x] = candidate
        sure[x] = claims || !strict ? 1 : 0
      }
    }
    return claimed
  }

  finish({ owned, kept }: Areas): void {
    for (let x = 0; x < this.#owner.length; x++) {
      const candidate = this.#owner[x] as number
      ;(owned[candidate] as number)++
      if (this.#sure[x] === 1) (kept[candidate] as number)++
      else this.#owner[x] = -1
    }
  }
}

function chosen(
  candidates: readonly Candidate[],
  owner: Int16Array,
  { owned, claimed, kept }: Areas,
  size: Size,
  options: SegmentOptions,
): Segment[] {
  const fused = new Set(options.label_ids_to_fuse)
  const shared = new Map<number, number>()
  const idOf = new Int32Array(candidates.length).fill(-1)
  const segments: { label: number; score: number }[] = []
  for (const [index, { label, score }] of candidates.entries()) {
    const [mine, wanted] = [owned[index] as number, claimed[index] as number]
    if (mine === 0 || wanted === 0 || kept[index] === 0) continue
    if (!(Math.fround(mine / wanted) > options.overlap_mask_area_threshold)) continue
    const id = shared.get(label) ?? segments.length
    idOf[index] = id
    if (id === segments.length) segments.push({ label, score: roundTo6(score) })
    if (fused.has(label)) shared.set(label, id)
  }
  const masks = segmentMasks(segments.length, size, (pixel) => idOf[owner[pixel] as number] ?? -1)
  return segments.map((segment, id) => ({ ...segment, mask: masks[id] as Mask }))
}
