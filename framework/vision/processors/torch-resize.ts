/**
 * Resizing with the numbers of torchvision's `resize` on a CPU, for the classes that Transformers has with that backend
 * alone. Bytes are resized in two passes with bytes between them, like Pillow's, but with weights of 16 bits, which moves a
 * value by up to 2; numbers are resized in float32.
 */

import type { Pixels } from '#core/media.ts'
import { bicubic, bilinear, type Plane } from '../heads/interpolate.ts'
import type { Size } from '../task.ts'
import { FILTERS, type FilterName } from './filters.ts'
import { RESAMPLE, resize } from './resize.ts'
import { FLOAT_CUBIC, pointTaps, smoothTaps, type Taps, weighted } from './torch-weights.ts'

/** @param resample - Pillow's number of the filter; those that torch has not are resized as Pillow does. */
export function resizeBytes(from: Pixels, to: Size, resample: number, antialias: boolean): Pixels {
  const filter = RESAMPLE[resample] ?? 'bilinear'
  if (filter === 'nearest') {
    const { channels } = from
    return { channels, ...nearestOf(from, to, channels, new Uint8Array(area(to) * channels)) }
  }
  if (!isTorchs(filter, antialias)) return resize(from, to.width, to.height, filter)
  const taps = (size: number, wanted: number) =>
    fixed(antialias ? smoothTaps(size, wanted, FILTERS[filter], same) : pointTaps(size, wanted, filter === 'bicubic'))
  if (from.width === to.width && from.height === to.height) return from
  const wide = from.width === to.width ? from : across(from, to.width, taps(from.width, to.width))
  return wide.height === to.height ? wide : down(wide, to.height, taps(from.height, to.height))
}

const same = (value: number) => value
const isTorchs = (filter: FilterName, antialias: boolean): filter is 'bilinear' | 'bicubic' | 'lanczos' =>
  filter === 'bilinear' || filter === 'bicubic' || (filter === 'lanczos' && antialias)

interface FixedTaps {
  readonly starts: Int32Array
  readonly weights: readonly Int32Array[]
  /** Fraction bits. */
  readonly precision: number
}

/** With as many fraction bits as let the largest weight stay below 2^15. */
function fixed({ starts, weights }: Taps): FixedTaps {
  let largest = 0
  for (const row of weights) for (const weight of row) largest = Math.max(largest, weight)
  let precision = 0
  while (precision < 22 && Math.trunc(0.5 + largest * 2 ** (precision + 1)) < 1 << 15) precision++
  const scale = 2 ** precision
  const whole = (weight: number) => Math.trunc(weight < 0 ? weight * scale - 0.5 : weight * scale + 0.5)
  return { starts, weights: weights.map((row) => Int32Array.from(row, whole)), precision }
}

const clip = (value: number) => (value < 0 ? 0 : Math.min(value, 255))

function across(from: Pixels, width: number, { starts, weights, precision }: FixedTaps): Pixels {
  const { height, channels } = from
  const data = new Uint8Array(width * height * channels)
  const half = 1 << (precision - 1)
  let out = 0
  for (let y = 0; y < height; y++) {
    const row = y * from.width * channels
    for (let x = 0; x < width; x++) {
      const taps = weights[x] as Int32Array
      const start = row + (starts[x] as number) * channels
      for (let channel = 0; channel < channels; channel++) {
        let sum = half
        for (let k = 0, p = start + channel; k < taps.length; k++, p += channels)
          sum += (from.data[p] as number) * (taps[k] as number)
        data[out++] = clip(sum >> precision)
      }
    }
  }
  return { width, height, channels, data }
}

function down(from: Pixels, height: number, { starts, weights, precision }: FixedTaps): Pixels {
  const { width, channels } = from
  const stride = width * channels
  const data = new Uint8Array(stride * height)
  const sums = new Int32Array(stride)
  for (let y = 0; y < height; y++) {
    const taps = weights[y] as Int32Array
    sums.fill(1 << (precision - 1))
    for (let k = 0; k < taps.length; k++) {
      const row = ((starts[y] as number) + k) * stride
      const weight = taps[k] as number
      for (let i = 0; i < stride; i++) sums[i] = (sums[i] as number) + (from.data[row + i] as number) * weight
    }
    for (let i = 0; i < stride; i++) data[y * stride + i] = clip((sums[i] as number) >> precision)
  }
  return { width, height, channels, data }
}

/** The same for a plane of numbers. Without antialiasing torch has no other filters than three. */
export function resizeFloats(from: Plane, to: Size, resample: number, antialias: boolean): Plane {
  if (from.width === to.width && from.height === to.height) return from
  const filter = RESAMPLE[resample] ?? 'bilinear'
  if (filter === 'nearest') return nearestOf(from, to, 1, new Float32Array(area(to)))
  if (!antialias) return (filter === 'bicubic' ? bicubic : bilinear)(from, to)
  const kernel = filter === 'bicubic' ? FLOAT_CUBIC : FILTERS[filter]
  const turned = smooth(from, smoothTaps(from.width, to.width, kernel, Math.fround))
  return smooth(turned, smoothTaps(from.height, to.height, kernel, Math.fround))
}

/** Resizes rows and turns the plane over its diagonal, so that doing it twice resizes both ways. */
function smooth({ width, height, data }: Plane, { starts, weights }: Taps): Plane {
  const columns = weights.length
  const out = new Float32Array(columns * height)
  for (let x = 0; x < columns; x++) {
    const taps = weights[x] as Float64Array
    const start = starts[x] as number
    for (let y = 0; y < height; y++) out[x * height + y] = weighted(data, y * width + start, 1, taps)
  }
  return { width: height, height: columns, data: out }
}

const area = ({ width, height }: Size) => width * height

/** The sample under the middle of each place, found in single precision. */
function nearestOf<T extends Float32Array | Uint8Array>(from: Size & { data: T }, to: Size, channels: number, data: T) {
  const sources = (size: number, wanted: number) => {
    const scale = Math.fround(size / wanted)
    return Int32Array.from({ length: wanted }, (_, i) => Math.min(size - 1, Math.floor(Math.fround((i + 0.5) * scale))))
  }
  const columns = sources(from.width, to.width)
  let out = 0
  for (const row of sources(from.height, to.height)) {
    for (const column of columns) {
      const start = (row * from.width + column) * channels
      for (let channel = 0; channel < channels; channel++) data[out++] = from.data[start + channel] as number
    }
  }
  return { ...to, data }
}
