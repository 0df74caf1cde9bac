/**
 * Resizing with the exact numbers of Pillow's `Image.resize`: 8 bits a channel, two passes (horizontal, then vertical)
 * with 8 bits between them, coefficients in fixed point of 22 bits. libvips and others differ by up to 14 of 255 on
 * photographs, which moves a model's scores; the Python pipelines resize with Pillow, so models are measured with it.
 */

import type { Pixels } from '#core/media.ts'
import { FILTERS, type Filter, type FilterName } from './filters.ts'

/** Fraction bits: 8 bits of sample and 2 of headroom are left of 32. */
const PRECISION = 22
const HALF = 1 << (PRECISION - 1)

/** For each output sample where its window starts, how long it is, and its weights. */
interface Weights {
  readonly starts: Int32Array
  readonly lengths: Int32Array
  /** `stride` weights for each output sample. */
  readonly values: Int32Array
  readonly stride: number
}

/** Pillow's names by the number that configurations use. */
export const RESAMPLE: readonly FilterName[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming']

/** `width` and `height` in pixels; of any number of channels. The input is never changed, and given back if it fits. */
export function resize(from: Pixels, width: number, height: number, filter: FilterName): Pixels {
  if (from.width === width && from.height === height) return from
  if (filter === 'nearest') return nearest(from, width, height)
  const kernel = FILTERS[filter]
  const vertical = from.height === height ? null : weightsOf(from.height, height, kernel)
  const [firstRow, lastRow] = vertical ? rowsNeeded(vertical) : [0, from.height]
  const wide = from.width === width ? from : horizontally(from, width, firstRow, lastRow, kernel)
  const offset = wide === from ? 0 : firstRow
  return vertical ? vertically(wide, height, vertical, offset) : wide
}

/** The same weights serve every picture of a size. Sizes in use are few: a photo's and a model's. */
const cache = new Map<string, Weights>()
const CACHED = 32

function weightsOf(from: number, to: number, kernel: Filter): Weights {
  const key = `${from} ${to} ${kernel.name}`
  const known = cache.get(key)
  if (known) return known
  const made = computeWeights(from, to, kernel)
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value as string)
  cache.set(key, made)
  return made
}

function computeWeights(from: number, to: number, { support, weight }: Filter): Weights {
  const scale = from / to
  const stretch = Math.max(scale, 1)
  const reach = support * stretch
  const stride = Math.ceil(reach) * 2 + 1
  const starts = new Int32Array(to)
  const lengths = new Int32Array(to)
  const values = new Int32Array(to * stride)
  const window = new Float64Array(stride)
  const shrink = 1 / stretch
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - reach + 0.5))
    const length = Math.min(from, Math.trunc(centre + reach + 0.5)) - start
    let sum = 0
    for (let j = 0; j < length; j++) {
      const w = weight((j + start - centre + 0.5) * shrink)
      window[j] = w
      sum += w
    }
    for (let j = 0; j < length; j++) {
      const fixed = ((window[j] as number) / (sum === 0 ? 1 : sum)) * (1 << PRECISION)
      values[i * stride + j] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
    }
    starts[i] = start
    lengths[i] = length
  }
  return { starts, lengths, values, stride }
}

function rowsNeeded({ starts, lengths }: Weights): [number, number] {
  const last = starts.length - 1
  return [starts[0] as number, (starts[last] as number) + (lengths[last] as number)]
}

const clip = (sum: number): number => {
  const value = sum >> PRECISION
  return value < 0 ? 0 : Math.min(value, 255)
}

/** Only the rows that the vertical pass will read. */
function horizontally(from: Pixels, width: number, firstRow: number, lastRow: number, kernel: Filter): Pixels {
  const weights = weightsOf(from.width, width, kernel)
  const { channels } = from
  const height = lastRow - firstRow
  const data = new Uint8Array(width * height * channels)
  const rowOf = channels === 3 ? row3 : rowN
  for (let y = 0; y < height; y++) {
    rowOf(from.data, (firstRow + y) * from.width * channels, data, y * width * channels, weights, channels)
  }
  return { width, height, channels, data }
}

function row3(from: Uint8Array, row: number, to: Uint8Array, out: number, weights: Weights): void {
  const { starts, lengths, values, stride } = weights
  for (let x = 0; x < starts.length; x++) {
    let red = HALF
    let green = HALF
    let blue = HALF
    let p = row + (starts[x] as number) * 3
    const end = x * stride + (lengths[x] as number)
    for (let k = x * stride; k < end; k++, p += 3) {
      const w = values[k] as number
      red = (red + Math.imul(from[p] as number, w)) | 0
      green = (green + Math.imul(from[p + 1] as number, w)) | 0
      blue = (blue + Math.imul(from[p + 2] as number, w)) | 0
    }
    to[out] = clip(red)
    to[out + 1] = clip(green)
    to[out + 2] = clip(blue)
    out += 3
  }
}

function rowN(
  from: Uint8Array,
  row: number,
  to: Uint8Array,
  out: number,
  { starts, lengths, values, stride }: Weights,
  channels: number,
): void {
  for (let x = 0; x < starts.length; x++) {
    const end = x * stride + (lengths[x] as number)
    for (let channel = 0; channel < channels; channel++) {
      let sum = HALF
      let p = row + (starts[x] as number) * channels + channel
      for (let k = x * stride; k < end; k++, p += channels) {
        sum = (sum + Math.imul(from[p] as number, values[k] as number)) | 0
      }
      to[out++] = clip(sum)
    }
  }
}

/** @param offset - the row of the original picture that `from` begins with. */
function vertically(from: Pixels, height: number, weights: Weights, offset: number): Pixels {
  const { starts, lengths, values, stride } = weights
  const { width, channels } = from
  const rowBytes = width * channels
  const data = new Uint8Array(height * rowBytes)
  const sums = new Int32Array(rowBytes)
  for (let y = 0; y < height; y++) {
    sums.fill(HALF)
    const end = y * stride + (lengths[y] as number)
    let p = ((starts[y] as number) - offset) * rowBytes
    for (let k = y * stride; k < end; k++, p += rowBytes) addRow(sums, from.data, p, values[k] as number)
    const out = y * rowBytes
    for (let i = 0; i < rowBytes; i++) data[out + i] = clip(sums[i] as number)
  }
  return { width, height, channels, data }
}

function addRow(sums: Int32Array, from: Uint8Array, start: number, weight: number): void {
  for (let i = 0; i < sums.length; i++)
    sums[i] = ((sums[i] as number) + Math.imul(from[start + i] as number, weight)) | 0
}

/** Pillow adds the step up, pixel by pixel, instead of multiplying: the rounding is then the same. */
function nearest(from: Pixels, width: number, height: number): Pixels {
  const { channels } = from
  const data = new Uint8Array(width * height * channels)
  const columns = nearestSources(from.width, width)
  const rows = nearestSources(from.height, height)
  let out = 0
  for (let y = 0; y < height; y++) {
    const row = (rows[y] as number) * from.width
    for (let x = 0; x < width; x++) {
      const p = (row + (columns[x] as number)) * channels
      for (let channel = 0; channel < channels; channel++) data[out++] = from.data[p + channel] as number
    }
  }
  return { width, height, channels, data }
}

function nearestSources(from: number, to: number): Int32Array {
  const sources = new Int32Array(to)
  const step = from / to
  let position = step * 0.5
  for (let i = 0; i < to; i++, position += step) sources[i] = Math.trunc(position)
  return sources
}
