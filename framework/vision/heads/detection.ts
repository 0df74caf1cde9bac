/** Object detectors: class logits and boxes of every query to the list of objects. */

import type { Size, Tensor } from '../task.ts'
import { argmax, sigmoids, softmax } from './activations.ts'
import { type Box, cornersAt, toBox, toRelativeBox } from './boxes.ts'
import { torchOrder, torchTopK } from './topk.ts'

export interface FoundObject {
  /** Index of the class. */
  readonly label: number
  readonly score: number
  readonly box: Box
}

/**
 * How a model says what it found. `softmax`: each query has one class or none, the last logit meaning none (DETR, YOLOS,
 * Table Transformer). `sigmoid`: any query may have any number of classes, all logits are classes, and only the `top`
 * best pairs of query and class count; `queries` means as many as there are queries.
 */
export type DetectionRule = { readonly by: 'softmax' } | { readonly by: 'sigmoid'; readonly top: number | 'queries' }

const ONE_CLASS = new Set(['detr', 'table_transformer', 'yolos'])

const SIGMOID: Readonly<Record<string, number | 'queries'>> = {
  conditional_detr: 100,
  dab_detr: 100,
  deformable_detr: 100,
  lw_detr: 100,
  rf_detr: 'queries',
  rt_detr: 'queries',
  rt_detr_v2: 'queries',
  d_fine: 'queries',
  deim: 'queries',
  deimv2: 'queries',
}

/** For models of another type: whose detections the image processor reads. */
const BY_PROCESSOR: Readonly<Record<string, number | 'queries'>> = {
  ConditionalDetr: 100,
  DeformableDetr: 100,
  PPDocLayoutV2: 'queries',
  PPDocLayoutV3: 'queries',
  RfDetr: 'queries',
  RTDetr: 'queries',
}

/**
 * @param modelType - `model_type` in `config.json`, whose dashes count as underscores
 * @param processor - Python's name of the image processor; it tells where the model type is unknown
 */
export function detectionRule(modelType: unknown, processor = ''): DetectionRule {
  const type = String(modelType).replaceAll('-', '_')
  const top = SIGMOID[type] ?? (ONE_CLASS.has(type) ? undefined : BY_PROCESSOR[processor])
  return top === undefined ? { by: 'softmax' } : { by: 'sigmoid', top }
}

export interface DetectionOptions {
  readonly threshold: number
  readonly rule: DetectionRule
  /** Leaves boxes relative to the picture. Default false. */
  readonly percentage?: boolean
  /** The place of each query in the order of reading, by which the objects are listed then. */
  readonly ranks?: readonly number[]
}

/**
 * Objects with a score above `threshold`: in the order of the queries for `softmax`, best first for `sigmoid`.
 * @param logits - `[1, queries, classes]`
 * @param boxes - `[1, queries, 4]`, `cx, cy, width, height` relative to `size`
 */
export function detections(
  logits: Tensor<'float32'>,
  boxes: Tensor<'float32'>,
  size: Size,
  { threshold, rule, percentage = false, ranks }: DetectionOptions,
): FoundObject[] {
  const pairs = rule.by === 'softmax' ? bySoftmax(logits) : bySigmoid(logits, rule.top)
  const above = Math.fround(threshold)
  const found = pairs.filter(({ score }) => score > above || (ranks && score === above))
  const order = ranks ? ascending(found.map(({ query }) => ranks[query] ?? 0)) : found.keys()
  return Array.from(order, (place) => {
    const { query, label, score } = found[place] as Pair
    const corners = cornersAt(boxes.data, query)
    return { label, score, box: percentage ? toRelativeBox(corners) : toBox(corners, size) }
  })
}

interface Pair {
  readonly query: number
  readonly label: number
  readonly score: number
}

function bySoftmax({ data, dims }: Tensor<'float32'>): Pair[] {
  const [queries = 0, classes = 0] = dims.slice(-2)
  return Array.from({ length: queries }, (_, query) => {
    const scores = softmax(data, query * classes, classes)
    const label = argmax(scores, 0, classes - 1)
    return { query, label, score: scores[label] ?? 0 }
  })
}

function bySigmoid({ data, dims }: Tensor<'float32'>, top: number | 'queries'): Pair[] {
  const [queries = 0, classes = 0] = dims.slice(-2)
  return torchTopK(sigmoids(data), top === 'queries' ? queries : top).map(({ index, value }) => ({
    query: Math.floor(index / classes),
    label: index % classes,
    score: value,
  }))
}

/**
 * The place of each query in the order of reading, as PP-DocLayout votes on it.
 * @param logits - `[1, queries, queries]`: how sure the model is that the first comes before the second
 */
export function readingRanks({ data, dims }: Tensor<'float32'>): number[] {
  const count = dims.at(-1) ?? 0
  const before = sigmoids(data)
  const votes = Array.from({ length: count }, (_, query) => {
    let sum = 0
    for (let other = 0; other < query; other++) sum += before[other * count + query] as number
    for (let other = query + 1; other < count; other++) sum += 1 - (before[query * count + other] as number)
    return sum
  })
  const ranks = new Array<number>(count)
  for (const [rank, query] of ascending(votes).entries()) ranks[query] = rank
  return ranks
}

const ascending = (values: readonly number[]) => torchOrder(values.map((value) => -value))
