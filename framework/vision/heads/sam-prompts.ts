/** What a caller points at, as Segment Anything's prompt encoder takes it. */

import { expected } from '#core/errors.ts'
import { type Feeds, type Tensor, tensor } from '../task.ts'
import { type Frame, type Point, toModel } from './sam.ts'

/** In pixels of the picture; the first axis of each list is the prompt, every prompt gives masks of its own. */
export interface Prompts {
  /** `[prompts][points][x, y]` */
  readonly points: readonly (readonly Point[])[] | null
  /** `[prompts][points]`, 1 inside the object, 0 outside. */
  readonly labels: readonly (readonly number[])[]
  /** `[prompts][left, top, right, bottom]` */
  readonly boxes: readonly (readonly number[])[] | null
}

// Marks a place that holds no point, in prompts with fewer points than others.
const NO_POINT = -10

/**
 * Reads `input_points`, `input_labels` and `input_boxes`; null where there is neither a point nor a box. A prompt that is
 * alone needs no list around it, and the list of pictures may be there that Python and Transformers.js begin with.
 * @throws SpaceError `invalid-value` naming what does not fit
 */
export function readPrompts(given: (name: string) => unknown): Prompts | null {
  const points = ofOnePicture(given('input_points'), 3, 'input_points')
  const boxes = ofOnePicture(given('input_boxes'), 2, 'input_boxes')
  if (points === undefined && boxes === undefined) {
    if (given('input_labels') === undefined) return null
    throw expected('input_points', 'a point for each of input_labels', points)
  }
  const readPoints = points === undefined ? null : list(points, 'input_points', (one, path) => list(one, path, point))
  const readBoxes = boxes === undefined ? null : list(boxes, 'input_boxes', (one, path) => numbers(one, path, 4))
  const counts = new Set([readPoints?.length, readBoxes?.length].filter((count) => count !== undefined))
  if (counts.size > 1) throw expected('input_boxes', `one box for each of ${readPoints?.length} prompts`, boxes)
  const labels = ofOnePicture(given('input_labels'), 2, 'input_labels')
  return { points: readPoints, labels: readLabels(labels, readPoints), boxes: readBoxes }
}

/** @param depth - of the lists for the prompts of one picture */
function ofOnePicture(value: unknown, depth: number, path: string): unknown {
  const given = depthOf(value)
  if (given === depth - 1) return [value]
  if (!(Array.isArray(value) && given === depth + 1)) return value
  if (value.length === 1) return value[0]
  throw expected(path, 'prompts for one picture', value, 'Call once for each picture.')
}

function depthOf(value: unknown): number {
  return Array.isArray(value) ? 1 + depthOf(value[0]) : 0
}

const point = (value: unknown, path: string) => numbers(value, path, 2) as unknown as Point

function list<T>(value: unknown, path: string, item: (value: unknown, path: string) => T): T[] {
  if (!Array.isArray(value) || value.length === 0) throw expected(path, 'a list that is not empty', value)
  return value.map((one, index) => item(one, `${path}[${index}]`))
}

function numbers(value: unknown, path: string, count: number): number[] {
  if (Array.isArray(value) && value.length === count && value.every(Number.isFinite)) return value
  throw expected(path, `${count} numbers`, value)
}

function readLabels(value: unknown, points: readonly (readonly Point[])[] | null): number[][] {
  if (value === undefined) return (points ?? []).map((prompt) => prompt.map(() => 1))
  const labels = list(value, 'input_labels', (one, path) =>
    list(one, path, (label, at) => {
      if (Number.isInteger(label)) return label as number
      throw expected(at, 'a whole number: 1 inside the object, 0 outside', label)
    }),
  )
  const fits = labels.length === points?.length && labels.every((row, i) => row.length === points[i]?.length)
  if (!fits) throw expected('input_labels', 'a label for each of input_points, in the same shape', value)
  return labels
}

/**
 * Feeds of the prompt encoder; prompts with fewer points than the longest are filled up. A graph that takes points and
 * boxes is given none of what was not asked.
 */
export function promptFeeds({ points, labels, boxes }: Prompts, frame: Frame): Feeds {
  const none = (boxes ?? []).map(() => [])
  return { ...pointFeeds(points ?? none, labels, frame), input_boxes: boxTensor(boxes ?? [], frame) }
}

function pointFeeds(
  points: readonly (readonly Point[])[],
  labels: readonly (readonly number[])[],
  frame: Frame,
): { input_points: Tensor<'float32'>; input_labels: Tensor<'int64'> } {
  const longest = Math.max(0, ...points.map((prompt) => prompt.length))
  const places = new Float32Array(points.length * longest * 2).fill(NO_POINT)
  const marks = new BigInt64Array(points.length * longest).fill(BigInt(NO_POINT))
  for (const [row, prompt] of points.entries()) {
    for (const [i, one] of prompt.entries()) {
      places.set(toModel(one, frame), (row * longest + i) * 2)
      marks[row * longest + i] = BigInt(labels[row]?.[i] ?? 1)
    }
  }
  return {
    input_points: tensor('float32', places, [1, points.length, longest, 2]),
    input_labels: tensor('int64', marks, [1, points.length, longest]),
  }
}

function boxTensor(boxes: readonly (readonly number[])[], frame: Frame): Tensor<'float32'> {
  const data = boxes.flatMap(([left = 0, top = 0, right = 0, bottom = 0]) => [
    ...toModel([left, top], frame),
    ...toModel([right, bottom], frame),
  ])
  return tensor('float32', Float32Array.from(data), [1, boxes.length, 4])
}
