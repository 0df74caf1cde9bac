/**
 * Models that predict a class and a mask for each of their queries: DETR with masks, MaskFormer, Mask2Former.
 * One reading of what they say for each kind of segmentation.
 */

import type { Size, Tensor } from '../task.ts'
import { argmax, sigmoids, softmax } from './activations.ts'
import { bilinear, bilinearRow, linearAxis, nearestAxis, type Plane } from './interpolate.ts'
import type { Mask } from './masks.ts'
import type { ScoreRows } from './semantic.ts'
import { topKUnsorted } from './topk.ts'

/** What the graph said, as logits. */
export interface QueryMasks {
  readonly queries: number
  /** Without the last logit, which stands for no object. */
  readonly classes: number
  /** `[queries, classes + 1]` */
  readonly classLogits: Float32Array
  /** One for each query. */
  masks(query: number): Plane
}

/** @param enlarge - the size the masks are brought to before anything else is done to them */
export function queryMasks(logits: Tensor<'float32'>, masks: Tensor<'float32'>, enlarge?: Size): QueryMasks {
  const [queries = 0, columns = 1] = logits.dims.slice(-2)
  const [height = 0, width = 0] = masks.dims.slice(-2)
  const pixels = width * height
  return {
    queries,
    classes: columns - 1,
    classLogits: logits.data,
    masks(query) {
      const plane = { width, height, data: masks.data.subarray(query * pixels, (query + 1) * pixels) }
      return enlarge ? bilinear(plane, enlarge) : plane
    },
  }
}

/** A thing, or a stretch of stuff, in the picture. */
export interface Segment {
  readonly label: number
  /** 0..1, rounded to 6 digits. */
  readonly score: number
  readonly mask: Mask
}

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
  return segments.map(({ label, score }, id) => {
    const data = new Uint8Array(size.width * size.height)
    for (let i = 0; i < data.length; i++) if (idOf[owner[i] as number] === id) data[i] = 255
    return { label, score, mask: { ...size, data } }
  })
}

/** Python's `round(x, 6)`, which goes by the exact binary value, as `toFixed` does. */
const roundTo6 = (value: number) => Number(value.toFixed(6))

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
  return found.map(({ label, score }, id) => {
    const data = new Uint8Array(owner.length)
    for (let i = 0; i < data.length; i++) if (owner[i] === id) data[i] = 255
    return { label, score, mask: { ...size, data } }
  })
}

/** Mean probability of the pixels whose logit is positive. */
function meanInside({ data }: Plane): number {
  let [sum, count] = [0, 0]
  for (const logit of data) {
    if (!(logit > 0)) continue
    sum += 1 / (1 + Math.exp(-logit))
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

/** Class scores for semantic segmentation: over the queries, class probability times mask probability. */
export function queryScoreRows(model: QueryMasks): ScoreRows {
  const columns = model.classes + 1
  const probabilities = Array.from({ length: model.queries }, (_, query) => {
    const mask = model.masks(query)
    return { ...mask, data: sigmoids(mask.data) }
  })
  const weights = probabilities.map((_, query) => softmax(model.classLogits, query * columns, columns))
  const { width = 0, height = 0 } = probabilities[0] ?? {}
  return {
    classes: model.classes,
    width,
    height,
    row(y, into) {
      into.fill(0)
      const rows = probabilities.map(({ data }) => data.subarray(y * width, (y + 1) * width))
      for (let c = 0; c < model.classes; c++) {
        const sums = into.subarray(c * width, (c + 1) * width)
        for (let query = 0; query < rows.length; query += 4) addFour(sums, rows, weights, query, c)
      }
    },
  }
}

/** Four queries at a time, as memory is what this waits for. */
function addFour(
  sums: Float32Array,
  rows: readonly Float32Array[],
  weights: readonly Float32Array[],
  query: number,
  label: number,
): void {
  const none = rows[query] as Float32Array
  const [a, b, c, d] = [none, rows[query + 1] ?? none, rows[query + 2] ?? none, rows[query + 3] ?? none]
  const [wa, wb, wc, wd] = [0, 1, 2, 3].map((i) => weights[query + i]?.[label] ?? 0) as [number, number, number, number]
  for (let x = 0; x < sums.length; x++) {
    ;(sums[x] as number) +=
      (a[x] as number) * wa + (b[x] as number) * wb + (c[x] as number) * wc + (d[x] as number) * wd
  }
}
