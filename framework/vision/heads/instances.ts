/** Instance segmentation: the surest pairs of query and class. */

import type { Size, Tensor } from '../task.ts'
import { argmax, sigmoid, sigmoids, softmax } from './activations.ts'
import { bilinear, nearestAxis, type Plane } from './interpolate.ts'
import type { Mask } from './masks.ts'
import { contestedSegments, type SegmentOptions } from './panoptic.ts'
import type { QueryMasks } from './queries.ts'
import { roundTo6, type Segment, segmentMasks } from './segments.ts'
import { type Ranked, topKUnsorted, torchTopK } from './topk.ts'

/**
 * Instance segmentation of MaskFormer and Mask2Former: the best pairs of query and class, as many as there are queries;
 * later ones take pixels from earlier ones, so a mask may end up empty.
 */
export function instanceSegments(model: QueryMasks, size: Size, threshold: number): Segment[] {
  const painted = new Painting(size)
  for (const { index, value } of bestPairs(model)) {
    // The mean inside a mask is at most 1: this one cannot reach the threshold.
    if (value < threshold) continue
    const mask = model.masks(Math.floor(index / model.classes))
    const score = Math.fround(value * meanInside(mask))
    if (score >= threshold) painted.over(mask, index % model.classes, score)
  }
  return painted.segments()
}

/** Instance segmentation of OneFormer: the best pairs compete for the pixels, and their logits are never probabilities. */
export function contestedInstances(model: QueryMasks, size: Size, options: SegmentOptions): Segment[] {
  const candidates = bestPairs(model)
    .filter(({ value }) => value > Math.fround(options.threshold))
    .map(({ index, value }) => ({
      label: index % model.classes,
      score: value,
      mask: model.masks(Math.floor(index / model.classes)),
    }))
  const unfused = { ...options, label_ids_to_fuse: [] }
  return contestedSegments(candidates, size, unfused, { sigmoid: 'never', strict: false, smooth: true })
}

/** Instance segmentation of EoMT: each query has one class; later queries take pixels from earlier ones. */
export function queryInstances(model: QueryMasks, size: Size, threshold: number): Segment[] {
  const columns = model.classes + 1
  const painted = new Painting(size)
  for (let query = 0; query < model.queries; query++) {
    const scores = softmax(model.classLogits, query * columns, columns)
    const label = argmax(scores, 0, model.classes)
    if ((scores[label] as number) < threshold) continue
    const mask = bilinear(model.masks(query), size, { channel: { index: query, count: model.queries } })
    const score = Math.fround((scores[label] as number) * meanInside(mask))
    if (score >= threshold) painted.over(mask, label, score)
  }
  return painted.segments()
}

/**
 * Instance segmentation of RF-DETR: the best pairs of query and class, where any logit is a class; earlier ones keep their
 * pixels, and what has none left is no instance.
 * @param logits - `[1, queries, classes]`
 * @param masks - `[1, queries, height, width]`
 * @param options - `mask_threshold` is for logits
 */
export function detectedInstances(
  logits: Tensor<'float32'>,
  masks: Tensor<'float32'>,
  size: Size,
  { threshold, mask_threshold }: Pick<SegmentOptions, 'threshold' | 'mask_threshold'>,
): Segment[] {
  const [queries = 0, classes = 0] = logits.dims.slice(-2)
  const [height = 0, width = 0] = masks.dims.slice(-2)
  const pixels = width * height
  const painted = new Painting(size)
  for (const { index, value } of torchTopK(sigmoids(logits.data), queries)) {
    if (!(value > Math.fround(threshold))) break
    const query = Math.floor(index / classes)
    const mask = { width, height, data: masks.data.subarray(query * pixels, (query + 1) * pixels) }
    painted.under(bilinear(mask, size), index % classes, value, Math.fround(mask_threshold))
  }
  return painted.segments()
}

/** Pairs of query and class by probability, as many as there are queries; `index` is query * classes + class. */
function bestPairs(model: QueryMasks): Ranked[] {
  const columns = model.classes + 1
  const scores = new Float32Array(model.queries * model.classes)
  for (let query = 0; query < model.queries; query++) {
    const row = softmax(model.classLogits, query * columns, columns)
    scores.set(row.subarray(0, model.classes), query * model.classes)
  }
  return topKUnsorted(scores, model.queries)
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

/** Masks laid onto each other; one that has no pixel is no instance. */
class Painting {
  readonly #size: Size
  readonly #owner: Int16Array
  readonly #found: { label: number; score: number }[] = []

  constructor(size: Size) {
    this.#size = size
    this.#owner = new Int16Array(size.width * size.height).fill(-1)
  }

  /** Takes the pixels whose nearest logit is positive, whoever had them. */
  over({ width, height, data }: Plane, label: number, score: number): void {
    const columns = nearestAxis(width, this.#size.width)
    const rows = nearestAxis(height, this.#size.height)
    let any = false
    for (let y = 0, pixel = 0; y < this.#size.height; y++) {
      const row = (rows[y] as number) * width
      for (let x = 0; x < this.#size.width; x++, pixel++) {
        if (!((data[row + (columns[x] as number)] as number) > 0)) continue
        this.#owner[pixel] = this.#found.length
        any = true
      }
    }
    if (any) this.#found.push({ label, score: roundTo6(score) })
  }

  /** Takes the pixels above the threshold that nobody has; the mask has the picture's size. */
  under({ data }: Plane, label: number, score: number, threshold: number): void {
    let any = false
    for (let pixel = 0; pixel < data.length; pixel++) {
      if (!((data[pixel] as number) > threshold) || (this.#owner[pixel] as number) >= 0) continue
      this.#owner[pixel] = this.#found.length
      any = true
    }
    if (any) this.#found.push({ label, score: roundTo6(score) })
  }

  segments(): Segment[] {
    const masks = segmentMasks(this.#found.length, this.#size, (pixel) => this.#owner[pixel] as number)
    return this.#found.map((segment, id) => ({ ...segment, mask: masks[id] as Mask }))
  }
}
