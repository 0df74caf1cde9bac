/**
 * Models that predict a class and a mask for each of their queries: DETR with masks, MaskFormer, Mask2Former, OneFormer,
 * EoMT. `panoptic.ts` and `instances.ts` read segments out of them; here they become class scores of pixels.
 */

import type { Size, Tensor } from '../task.ts'
import { sigmoids, softmax } from './activations.ts'
import { bilinear, type Plane } from './interpolate.ts'
import type { ScoreRows } from './semantic.ts'

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

export interface MaskSize {
  /** The size the masks are brought to before anything else is done to them. */
  readonly enlarge?: Size
  /** How much of that is picture, from the top left; the rest was padding. */
  readonly keep?: Size
}

/**
 * @param logits - `[1, queries, classes + 1]`
 * @param masks - `[1, queries, height, width]`
 */
export function queryMasks(
  logits: Tensor<'float32'>,
  masks: Tensor<'float32'>,
  { enlarge, keep }: MaskSize = {},
): QueryMasks {
  const [queries = 0, columns = 1] = logits.dims.slice(-2)
  const [height = 0, width = 0] = masks.dims.slice(-2)
  const pixels = width * height
  return {
    queries,
    classes: columns - 1,
    classLogits: logits.data,
    masks(query) {
      const plane = { width, height, data: masks.data.subarray(query * pixels, (query + 1) * pixels) }
      const channel = { index: query, count: queries }
      return enlarge ? bilinear(plane, enlarge, { channel, ...(keep ? { keep } : {}) }) : plane
    },
  }
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
