/** Points of one body, hand or face out of a graph's outputs. */

import { argmax, sigmoid } from '../heads/activations.ts'
import type { Tensor } from '../task.ts'
import type { Frame } from './declaration.ts'
import type { Floats } from './detect.ts'
import type { Keypoint, KeypointsHead } from './head-kinds.ts'
import { pointInPicture } from './in-picture.ts'

type Found = readonly [x: number, y: number, score: number]

export function findKeypoints(head: KeypointsHead, floats: Floats, frame: Frame): Keypoint[] {
  const found = head.axes
    ? fromAxes(floats(head.axes[0]), floats(head.axes[1]), frame)
    : fromOutput(head, floats(head.output), frame)
  return found.map(([x, y, score], i) => ({
    ...pointInPicture([x, y], frame),
    score,
    label: head.labels?.[i] ?? `LABEL_${i}`,
  }))
}

/** Wider than any row of coordinates. */
const LEAST_MAP_SIDE = 8

function fromOutput(head: KeypointsHead, output: Tensor<'float32'>, frame: Frame): Found[] {
  const [height = 1, width = 1] = output.dims.slice(-2)
  const isMaps = !head.columns && output.dims.length > 2 && Math.min(height, width) >= LEAST_MAP_SIDE
  return isMaps ? fromMaps(output, frame) : fromRows(head, output, frame)
}

function fromRows(
  { columns = ['x', 'y', 'score'], relative = true, apply = 'none' }: KeypointsHead,
  { data }: Tensor<'float32'>,
  frame: Frame,
): Found[] {
  const [x, y, score] = (['x', 'y', 'score'] as const).map((name) => columns.indexOf(name)) as [number, number, number]
  const likelihood = apply === 'sigmoid' ? sigmoid : (value: number) => value
  const [scaleX, scaleY] = relative ? [frame.input.width, frame.input.height] : [1, 1]
  return Array.from({ length: Math.floor(data.length / columns.length) }, (_, i) => {
    const row = data.subarray(i * columns.length, (i + 1) * columns.length)
    return [(row[x] ?? 0) * scaleX, (row[y] ?? 0) * scaleY, score < 0 ? 1 : likelihood(row[score] ?? 0)] as const
  })
}

/** The largest value of each map, and a quarter of a cell towards its larger neighbours, except at the edge (as HRNet does). */
function fromMaps({ data, dims }: Tensor<'float32'>, { input }: Frame): Found[] {
  const [height = 1, width = 1] = dims.slice(-2)
  const plane = width * height
  return Array.from({ length: Math.floor(data.length / plane) }, (_, i) => {
    const map = data.subarray(i * plane, (i + 1) * plane)
    const best = argmax(map)
    const [column, row] = [best % width, Math.floor(best / width)]
    const value = (x: number, y: number) => map[y * width + x] as number
    const inside = column > 1 && column < width - 1 && row > 1 && row < height - 1
    const x = inside ? Math.sign(value(column + 1, row) - value(column - 1, row)) / 4 : 0
    const y = inside ? Math.sign(value(column, row + 1) - value(column, row - 1)) / 4 : 0
    return [((column + x) * input.width) / width, ((row + y) * input.height) / height, map[best] as number] as const
  })
}

/** Where each point is along x and along y, in bins finer than pixels (Li et al., SimCC, 2022). */
function fromAxes(along: Tensor<'float32'>, down: Tensor<'float32'>, { input }: Frame): Found[] {
  const [count = 1, columns = 1] = along.dims.slice(-2)
  const rows = down.dims.at(-1) ?? 1
  return Array.from({ length: count }, (_, i) => {
    const [xs, ys] = [along.data.subarray(i * columns, (i + 1) * columns), down.data.subarray(i * rows, (i + 1) * rows)]
    const [x, y] = [argmax(xs), argmax(ys)]
    const score = Math.min(xs[x] as number, ys[y] as number)
    return [(x * input.width) / columns, (y * input.height) / rows, score] as const
  })
}
