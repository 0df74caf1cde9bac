/**
 * Resizing with the exact numbers of Pillow's `Image.resize`: 8 bits a channel, two passes (horizontal, then vertical)
 * with 8 bits between them, coefficients in fixed point of 22 bits. libvips and others differ by up to 14 of 255 on
 * photographs, which moves a model's scores; the Python pipelines resize with Pillow, so models are measured with it.
 */

import type { Pixels } from '#core/media.ts'
import { FILTERS, type FilterName } from './filters.ts'
import { resizeRgb } from './kernels/resample.ts'
import { PRECISION, rowsNeeded, shiftWeights, type Weights, weightsOf } from './weights.ts'

const HALF = 1 << (PRECISION - 1)

/** Pillow's names by the number that configurations use. */
export const RESAMPLE: readonly FilterName[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming']

/** `width` and `height` in pixels; of any number of channels. The input is never changed, and given back if it fits. */
export function resize(from: Pixels, width: number, height: number, filter: FilterName): Pixels {
  if (from.width === width && from.height === height) return from
  if (filter === 'nearest') return nearest(from, width, height)
  const kernel = FILTERS[filter]
  const horizontal = from.width === width ? null : weightsOf(from.width, width, kernel)
  const vertical = from.height === height ? null : weightsOf(from.height, height, kernel)
  const rows: Rows = vertical ? rowsNeeded(vertical) : [0, from.height]
  const quick = from.channels === 3 ? resizeRgb(from, width, height, horizontal, vertical, rows) : null
  return quick ?? resizePlain(from, width, height, horizontal, vertical, rows)
}

/**
 * Resizes with weights of some of the result's columns and rows, which is then all that is made.
 * @param from - a picture, or what is left of it from column `left` and row `top` on.
 */
export function resizePart(from: Pixels, columns: Weights, rows: Weights, left: number, top: number): Pixels {
  const horizontal = shiftWeights(columns, left)
  const vertical = shiftWeights(rows, top)
  const [width, height] = [horizontal.starts.length, vertical.starts.length]
  const needed = rowsNeeded(vertical)
  const quick = from.channels === 3 ? resizeRgb(from, width, height, horizontal, vertical, needed) : null
  return quick ?? resizePlain(from, width, height, horizontal, vertical, needed)
}

type Rows = readonly [first: number, end: number]

/** The same in JavaScript, for any number of channels. */
export function resizePlain(
  from: Pixels,
  width: number,
  height: number,
  horizontal: Weights | null,
  vertical: Weights | null,
  [firstRow, lastRow]: Rows,
): Pixels {
  const wide = horizontal ? horizontally(from, width, firstRow, lastRow, horizontal) : from
  return vertical ? vertically(wide, height, vertical, horizontal ? firstRow : 0) : wide
}

const clip = (sum: number): number => {
  const value = sum >> PRECISION
  return value < 0 ? 0 : Math.min(value, 255)
}

/** Only the rows that the vertical pass will read. */
function horizontally(from: Pixels, width: number, firstRow: number, lastRow: number, weights: Weights): Pixels {
  const { channels } = from
  const height = lastRow - firstRow
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    shrinkRow(from.data, (firstRow + y) * from.width * channels, data, y * width * channels, weights, channels)
  }
  return { width, height, channels, data }
}

function shrinkRow(
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
