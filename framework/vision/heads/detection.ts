/** Object detectors: class logits and boxes of every query to the list of objects. */

import type { Size, Tensor } from '../task.ts'
import { argmax, sigmoids, softmax } from './activations.ts'
import { type Box, cornersAt, toBox, toRelativeBox } from './boxes.ts'
import { topK } from './topk.ts'

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

/** @param modelType - `model_type` in `config.json`, whose dashes count as underscores */
export function detectionRule(modelType: unknown): DetectionRule {
  const top = SIGMOID[String(modelType).replaceAll('-', '_')]
  return top === undefined ? { by: 'softmax' } : { by: 'sigmoid', top }
}

/**
 * Objects with a score above `threshold`: in the order of the queries for `softmax`, best first for `sigmoid`.
 * @param logits - `[1, queries, classes]`
 * @param boxes - `[1, queries, 4]`, `cx, cy, width, height` relative to `size`
 * @param options - `percentage` leaves boxes relative
 */
export function detections(
  logits: Tensor<'float32'>,
  boxes: Tensor<'float32'>,
  size: Size,
  { threshold, rule, percentage = false }: { threshold: number; rule: DetectionRule; percentage?: boolean },
): FoundObject[] {
  const pairs = rule.by === 'softmax' ? bySoftmax(logits) : bySigmoid(logits, rule.top)
  const above = Math.fround(threshold)
  return pairs
    .filter(({ score }) => score > above)
    .map(({ query, label, score }) => {
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
  return topK(sigmoids(data), top === 'queries' ? queries : top).map(({ index, value }) => ({
    query: Math.floor(index / classes),
    label: index % classes,
    score: value,
  }))
}
