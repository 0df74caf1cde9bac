/**
 * Resizing planes of numbers as `torch.nn.functional.interpolate` does with `align_corners=False`: pixel centres at .5,
 * no antialiasing, edges clamped. For logits, masks and depth; pictures are resized in `processors/`.
 */

import type { Size } from '../task.ts'
import { blendOf, type Channel, LinearRows, linearAxis } from './linear-rows.ts'

/** `height * width` values, row-major. */
export interface Plane extends Size {
  readonly data: Float32Array
}

const f32 = Math.fround

export interface BilinearOptions {
  /** How much of the result is wanted, from the top left; a model's padding is left out so. Default: all. */
  readonly keep?: Size
  /** Which of the planes that are resized together this is; it moves last bits of small results. */
  readonly channel?: Channel
  /** Corners upon corners: `align_corners=True`. */
  readonly aligned?: boolean
}

export function bilinear(
  plane: Plane,
  to: Size,
  { keep = to, channel = ALONE, aligned = false }: BilinearOptions = {},
): Plane {
  if (plane.width === to.width && plane.height === to.height) return topLeft(plane, keep)
  const width = Math.min(keep.width, to.width)
  const height = Math.min(keep.height, to.height)
  const data = new Float32Array(width * height)
  const columns = linearAxis(plane.width, to.width, aligned)
  const wanted = { ...columns, first: columns.first.subarray(0, width) }
  const rows = new LinearRows(
    plane.data,
    plane.width,
    wanted,
    linearAxis(plane.height, to.height, aligned),
    blendOf(to, channel),
  )
  for (let y = 0; y < height; y++) rows.fill(y, data.subarray(y * width, (y + 1) * width))
  return { width, height, data }
}

const ALONE: Channel = { index: 0, count: 1 }

function topLeft(plane: Plane, keep: Size): Plane {
  const width = Math.min(keep.width, plane.width)
  const height = Math.min(keep.height, plane.height)
  if (plane.width === width && plane.height === height) return plane
  const data = new Float32Array(width * height)
  for (let y = 0; y < height; y++) data.set(plane.data.subarray(y * plane.width, y * plane.width + width), y * width)
  return { width, height, data }
}

/** For each output position the input position whose value it takes. */
export function nearestAxis(from: number, to: number): Uint32Array {
  const scale = f32(from / to)
  return Uint32Array.from({ length: to }, (_, i) => Math.min(Math.floor(f32(i * scale)), from - 1))
}

/** Cubic convolution with a = -0.75, as torch has it (Pillow's bicubic has -0.5). */
export function bicubic(plane: Plane, to: Size): Plane {
  if (plane.width === to.width && plane.height === to.height) return plane
  const columns = cubicAxis(plane.width, to.width)
  const rows = cubicAxis(plane.height, to.height)
  const wide = new Float32Array(to.width * plane.height)
  for (let y = 0; y < plane.height; y++) {
    for (let x = 0; x < to.width; x++) wide[y * to.width + x] = taps(plane.data, y * plane.width, 1, columns, x)
  }
  const data = new Float32Array(to.width * to.height)
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) data[y * to.width + x] = taps(wide, x, to.width, rows, y)
  }
  return { ...to, data }
}

interface CubicAxis {
  /** Four for each output position. */
  readonly index: Uint32Array
  readonly weight: Float32Array
}

function cubicAxis(from: number, to: number): CubicAxis {
  const axis = { index: new Uint32Array(4 * to), weight: new Float32Array(4 * to) }
  const scale = f32(from / to)
  for (let i = 0; i < to; i++) {
    const position = f32(scale * (i + 0.5) - 0.5)
    const start = Math.floor(position)
    const offset = f32(position - start)
    for (const [tap, weight] of cubicWeights(offset).entries()) {
      axis.index[4 * i + tap] = Math.min(from - 1, Math.max(0, start - 1 + tap))
      axis.weight[4 * i + tap] = weight
    }
  }
  return axis
}

// Rounded where torch's compiled code rounds: the last sum of both is no fused one.
const A = -0.75
const inner = (t: number) => f32(f32(f32(f32((A + 2) * t - (A + 3)) * t) * t) + 1)
const outer = (t: number) => f32(f32(f32(f32(A * t - 5 * A) * t + 8 * A) * t) - 4 * A)

/** Of the two samples before a point and the two after it. @param offset - how far it is behind the second, 0..1 */
export const cubicWeights = (offset: number): readonly number[] => [
  outer(f32(offset + 1)),
  inner(offset),
  inner(f32(1 - offset)),
  outer(f32(f32(1 - offset) + 1)),
]

/** The second product is rounded by itself, the others are added to it one after the other before they are rounded. */
function taps(data: Float32Array, start: number, step: number, { index, weight }: CubicAxis, at: number): number {
  const tap = 4 * at
  let sum = f32((data[start + (index[tap + 1] as number) * step] as number) * (weight[tap + 1] as number))
  sum = f32((data[start + (index[tap] as number) * step] as number) * (weight[tap] as number) + sum)
  sum = f32((data[start + (index[tap + 2] as number) * step] as number) * (weight[tap + 2] as number) + sum)
  return f32((data[start + (index[tap + 3] as number) * step] as number) * (weight[tap + 3] as number) + sum)
}
