/**
 * Resizing planes of numbers as `torch.nn.functional.interpolate` does with `align_corners=False`: pixel centres at .5,
 * no antialiasing, edges clamped. For logits, masks and depth; pictures are resized in `processors/`.
 */

import type { Size } from '../task.ts'

/** `height * width` values, row-major. */
export interface Plane extends Size {
  readonly data: Float32Array
}

const f32 = Math.fround

/** For each output position the two neighbours and the weight of the second, in float32 like torch. */
export interface LinearAxis {
  readonly first: Uint32Array
  readonly second: Uint32Array
  readonly weight: Float32Array
}

export function linearAxis(from: number, to: number): LinearAxis {
  const axis = { first: new Uint32Array(to), second: new Uint32Array(to), weight: new Float32Array(to) }
  const scale = f32(from / to)
  for (let i = 0; i < to; i++) {
    // One rounding for the product and the difference, as the fused instruction does that torch is compiled to.
    const position = Math.max(0, f32(scale * (i + 0.5) - 0.5))
    const first = Math.min(Math.floor(position), from - 1)
    axis.first[i] = first
    axis.second[i] = Math.min(first + 1, from - 1)
    axis.weight[i] = Math.min(1, Math.max(0, position - first))
  }
  return axis
}

/**
 * One row of the resized plane into `into`. Bit by bit what torch gives for pictures on processors with fused
 * multiply-add (for tiny planes it has another order): where two masks or classes are equal but for the last bit, that bit says whose the pixel is.
 * @param offset - where the plane begins in `data`
 */
export function bilinearRow(
  data: ArrayLike<number>,
  offset: number,
  width: number,
  columns: LinearAxis,
  rows: LinearAxis,
  y: number,
  into: Float32Array,
): void {
  const above = offset + (rows.first[y] ?? 0) * width
  const below = offset + (rows.second[y] ?? 0) * width
  const down = rows.weight[y] ?? 0
  const up = f32(1 - down)
  const { first, second, weight } = columns
  for (let x = 0; x < into.length; x++) {
    const a = first[x] as number
    const b = second[x] as number
    const right = weight[x] as number
    const left = f32(1 - right)
    const top = f32((data[above + a] as number) * left + f32((data[above + b] as number) * right))
    const bottom = f32((data[below + a] as number) * left + f32((data[below + b] as number) * right))
    into[x] = top * up + f32(bottom * down)
  }
}

export function bilinear(plane: Plane, to: Size): Plane {
  if (plane.width === to.width && plane.height === to.height) return plane
  const data = new Float32Array(to.width * to.height)
  const columns = linearAxis(plane.width, to.width)
  const rows = linearAxis(plane.height, to.height)
  for (let y = 0; y < to.height; y++) {
    bilinearRow(plane.data, 0, plane.width, columns, rows, y, data.subarray(y * to.width, (y + 1) * to.width))
  }
  return { ...to, data }
}

/** The part of a plane that begins at its top left; what a model's padding leaves. */
export function topLeft(plane: Plane, { width, height }: Size): Plane {
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
    const position = f32(f32(scale * f32(i + 0.5)) - 0.5)
    const start = Math.floor(position)
    const offset = f32(position - start)
    for (const [tap, weight] of cubicWeights(offset).entries()) {
      axis.index[4 * i + tap] = Math.min(from - 1, Math.max(0, start - 1 + tap))
      axis.weight[4 * i + tap] = weight
    }
  }
  return axis
}

const A = -0.75
const inner = (t: number) => ((A + 2) * t - (A + 3)) * t * t + 1
const outer = (t: number) => ((A * t - 5 * A) * t + 8 * A) * t - 4 * A

/** Of the two samples before a point and the two after it. @param offset - how far it is behind the second, 0..1 */
export const cubicWeights = (offset: number): readonly number[] => [
  outer(offset + 1),
  inner(offset),
  inner(1 - offset),
  outer(2 - offset),
]

function taps(data: Float32Array, start: number, step: number, { index, weight }: CubicAxis, at: number): number {
  let sum = 0
  for (let tap = 4 * at; tap < 4 * at + 4; tap++) {
    sum += (data[start + (index[tap] as number) * step] as number) * (weight[tap] as number)
  }
  return sum
}
