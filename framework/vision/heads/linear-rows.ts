/**
 * Bilinear resizing row by row, every bit as torch has it on processors with fused multiply-add: where two masks or classes
 * are equal but for the last bit, that bit says whose the pixel is.
 *
 * torch has three orders of the same sum. Results of which height and width add up to more than 128 are blended along the
 * rows first; for smaller ones the four corners are added one after the other, in one order for whole blocks of sixteen
 * channels and in another for the channels that are left over.
 */

import type { Size } from '../task.ts'

const f32 = Math.fround

/** For each output position the two neighbours and the weight of the second, in float32 like torch. */
export interface LinearAxis {
  readonly first: Uint32Array
  readonly second: Uint32Array
  readonly weight: Float32Array
}

/** @param aligned - corners upon corners: torch's `align_corners=True` */
export function linearAxis(from: number, to: number, aligned = false): LinearAxis {
  const axis = { first: new Uint32Array(to), second: new Uint32Array(to), weight: new Float32Array(to) }
  const scale = aligned ? (to > 1 ? f32((from - 1) / (to - 1)) : 0) : f32(from / to)
  for (let i = 0; i < to; i++) {
    // One rounding for the product and the difference, as the fused instruction does that torch is compiled to.
    const position = aligned ? f32(scale * i) : Math.max(0, f32(scale * (i + 0.5) - 0.5))
    const first = Math.min(Math.floor(position), from - 1)
    axis.first[i] = first
    axis.second[i] = Math.min(first + 1, from - 1)
    axis.weight[i] = Math.min(1, Math.max(0, position - first))
  }
  return axis
}

/** Which of the planes that are resized together this is. */
export interface Channel {
  readonly index: number
  readonly count: number
}

/** How the four neighbours of a position are added up. */
export type Blend = (a: number, b: number, c: number, d: number, right: number, down: number) => number

const alongRows: Blend = (a, b, c, d, right, down) => {
  const left = f32(1 - right)
  const top = f32(a * left + f32(b * right))
  const bottom = f32(c * left + f32(d * right))
  return f32(top * f32(1 - down) + f32(bottom * down))
}

const ofBlocks: Blend = (a, b, c, d, right, down) => {
  const [left, up] = [f32(1 - right), f32(1 - down)]
  const bottom = f32(d * f32(down * right) + f32(c * f32(down * left)))
  return f32(a * f32(up * left) + f32(b * f32(up * right) + bottom))
}

const ofTheRest: Blend = (a, b, c, d, right, down) => {
  const [left, up] = [f32(1 - right), f32(1 - down)]
  const top = f32(a * f32(up * left) + f32(b * f32(up * right)))
  return f32(d * f32(down * right) + f32(c * f32(down * left) + top))
}

/** Whether torch takes its other way. @param to - the size of the result */
export const isSmall = ({ width, height }: Size) => width + height <= 128

/** @param to - the size of the result */
export function blendOf(to: Size, { index, count }: Channel): Blend {
  if (!isSmall(to)) return alongRows
  return index < count - (count % 16) ? ofBlocks : ofTheRest
}

/** The rows of a resized plane, to be asked for from top to bottom: neighbours share work. */
export class LinearRows {
  readonly #data: ArrayLike<number>
  readonly #width: number
  readonly #columns: LinearAxis
  readonly #rows: LinearAxis
  readonly #blend: Blend | null
  #above: Float32Array
  #below: Float32Array
  #first = -1
  #second = -1

  /**
   * @param columns - of the result, as many as are wanted from the left on. @param rows - of the whole result
   * @param blend - `blendOf` the result
   */
  constructor(data: ArrayLike<number>, width: number, columns: LinearAxis, rows: LinearAxis, blend: Blend) {
    this.#data = data
    this.#width = width
    this.#columns = columns
    this.#rows = rows
    this.#blend = blend === alongRows ? null : blend
    this.#above = new Float32Array(columns.first.length)
    this.#below = new Float32Array(columns.first.length)
  }

  fill(y: number, into: Float32Array): void {
    const [first, second] = [this.#rows.first[y] as number, this.#rows.second[y] as number]
    const down = this.#rows.weight[y] as number
    if (this.#blend) this.#corners(first, second, down, into, this.#blend)
    else {
      this.#move(first, second)
      const [above, below, up] = [this.#above, this.#below, f32(1 - down)]
      for (let x = 0; x < into.length; x++) into[x] = (above[x] as number) * up + f32((below[x] as number) * down)
    }
  }

  #move(first: number, second: number): void {
    if (first !== this.#first) {
      if (first === this.#second) {
        ;[this.#above, this.#below] = [this.#below, this.#above]
        this.#second = -1
      } else this.#stretch(first, this.#above)
      this.#first = first
    }
    if (second !== this.#second) this.#stretch(second, this.#below)
    this.#second = second
  }

  /** A row of the plane as wide as the result. */
  #stretch(row: number, into: Float32Array): void {
    const { first, second, weight } = this.#columns
    const data = this.#data
    const start = row * this.#width
    for (let x = 0; x < into.length; x++) {
      const right = weight[x] as number
      const a = data[start + (first[x] as number)] as number
      const b = data[start + (second[x] as number)] as number
      into[x] = a * f32(1 - right) + f32(b * right)
    }
  }

  #corners(above: number, below: number, down: number, into: Float32Array, blend: Blend): void {
    const { first, second, weight } = this.#columns
    const at = (row: number, x: number) => this.#data[row * this.#width + x] as number
    for (let x = 0; x < into.length; x++) {
      const [a, b] = [first[x] as number, second[x] as number]
      into[x] = blend(at(above, a), at(above, b), at(below, a), at(below, b), weight[x] as number, down)
    }
  }
}

/** The rows of a plane, resized. @param channel - which it is of those that are resized together; default alone */
export function linearRowsOf(
  { width, height, data }: Size & { readonly data: Float32Array },
  to: Size,
  channel: Channel = { index: 0, count: 1 },
): LinearRows {
  return new LinearRows(data, width, linearAxis(width, to.width), linearAxis(height, to.height), blendOf(to, channel))
}
