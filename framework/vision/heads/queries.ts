/**
 * Models that predict a class and a mask for each of their queries: DETR with masks, MaskFormer, Mask2Former, OneFormer,
 * EoMT. `panoptic.ts` and `instances.ts` read segments out of them; here they become class scores of pixels.
 */

import type { Size, Tensor } from '../task.ts'
import { sigmoid, softmax } from './activations.ts'
import { bilinear, type Plane } from './interpolate.ts'
import { createMixer } from './kernels/mix.ts'
import { linearRowsOf } from './linear-rows.ts'
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
  /** Of the masks. */
  readonly size: Size
  /** The rows of a mask, without all of it. */
  rows(query: number): MaskRows
}

export interface MaskRows {
  fill(y: number, into: Float32Array): void
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
  const size = keep ?? enlarge ?? { width, height }
  const planeOf = (query: number) => ({
    width,
    height,
    data: masks.data.subarray(query * pixels, (query + 1) * pixels),
  })
  const channel = (query: number) => ({ index: query, count: queries })
  return {
    queries,
    classes: columns - 1,
    classLogits: logits.data,
    size: { width: size.width, height: size.height },
    masks(query) {
      const options = { channel: channel(query), ...(keep ? { keep } : {}) }
      return enlarge ? bilinear(planeOf(query), enlarge, options) : planeOf(query)
    },
    rows(query) {
      const { data } = planeOf(query)
      if (!enlarge) return { fill: (y, into) => into.set(data.subarray(y * width, y * width + into.length)) }
      return linearRowsOf({ width, height, data }, enlarge, channel(query))
    },
  }
}

/**
 * Class scores for semantic segmentation: over the queries, class probability times mask probability.
 * @param classes - those that count; default all but the one that stands for no object
 */
export function queryScoreRows(model: QueryMasks, classes: number = model.classes): ScoreRows {
  const { queries, size } = model
  const columns = model.classes + 1
  const weights = new Float32Array(classes * queries)
  for (let query = 0; query < queries; query++) {
    const row = softmax(model.classLogits, query * columns, columns)
    for (let c = 0; c < classes; c++) weights[c * queries + query] = row[c] as number
  }
  const masks = Array.from({ length: queries }, (_, query) => model.rows(query))
  const mixer = createMixer(weights, queries, size.width)
  const values = new Float32Array(size.width)
  return {
    classes,
    ...size,
    row(y, into) {
      for (const [query, mask] of masks.entries()) {
        mask.fill(y, values)
        for (let x = 0; x < values.length; x++) values[x] = sigmoid(values[x] as number)
        mixer.put(query, values)
      }
      mixer.mix(into)
    },
  }
}
