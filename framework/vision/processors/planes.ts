/** From 8-bit pixels to the float32 planes of a tensor. */

import type { Pixels } from '#core/media.ts'

/** What happens to each value, in this order. */
export interface Scaling {
  /** Null where values stay 0..255. */
  readonly factor: number | null
  /** Added after the factor: -1 for processors that scale to -1..1. */
  readonly offset: number
  readonly mean: readonly number[] | null
  readonly std: readonly number[] | null
  /** Divides by `std` once more; EfficientNet does. */
  readonly stdTwice: boolean
  /** Rounds as torchvision: the factor is single, and goes into mean and deviation where there are some. */
  readonly fused?: boolean
}

/** What one of 256 values of one channel becomes, each step rounded to float32 as NumPy does. */
function table(scaling: Scaling, channel: number): Float32Array {
  const { factor, offset, mean, std, stdTwice } = scaling.fused ? fused(scaling) : scaling
  const of = (list: readonly number[] | null, otherwise: number) =>
    Math.fround(list === null ? otherwise : (list[channel] ?? list[0] ?? otherwise))
  const subtract = of(mean, 0)
  const divide = of(std, 1)
  return Float32Array.from({ length: 256 }, (_, value) => {
    let v = factor === null ? value : Math.fround(value * factor)
    if (offset !== 0) v = Math.fround(v + offset)
    if (mean !== null || std !== null) v = Math.fround(Math.fround(v - subtract) / divide)
    return stdTwice ? Math.fround(v / divide) : v
  })
}

/** With the factor in mean and deviation, where nothing comes between them. */
function fused(scaling: Scaling): Scaling {
  const { factor, offset, mean, std } = scaling
  if (factor === null) return scaling
  if (mean === null || std === null || offset !== 0) return { ...scaling, factor: Math.fround(factor) }
  const scale = Math.fround(1 / factor)
  const scaled = (list: readonly number[]) => list.map((value) => Math.fround(value) * scale)
  return { ...scaling, factor: null, mean: scaled(mean), std: scaled(std) }
}

/** Tables of three channels, made once for a processor. @param flip - blue first. */
export function createScaler(scaling: Scaling, flip: boolean) {
  const tables = [0, 1, 2].map((channel) => table(scaling, channel)) as [Float32Array, Float32Array, Float32Array]
  return {
    /** Writes RGB pixels as three planes of `stride` columns into `out` at `start`. */
    write({ width, height, data }: Pixels, out: Float32Array, start: number, stride: number, planeSize: number): void {
      for (let channel = 0; channel < 3; channel++) {
        const values = tables[channel] as Float32Array
        let p = flip ? 2 - channel : channel
        for (let y = 0; y < height; y++) {
          const row = start + channel * planeSize + y * stride
          for (let x = 0; x < width; x++, p += 3) out[row + x] = values[data[p] as number] as number
        }
      }
    },
  }
}
