/**
 * OWLv2's processor: pads to a square with black first, then resizes floats as `scipy.ndimage` does: a Gaussian filter
 * against aliasing, and linear interpolation on the grid of pixel areas, both mirroring at the edges.
 */

import type { Pixels } from '#core/media.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import { mirrored } from './geometry.ts'
import { boxOf } from './size-rules.ts'

/** How far the Gaussian reaches, in standard deviations: SciPy's default. */
const TRUNCATE = 4

export function processOwlv2(picture: Pixels, settings: Settings): { data: Float32Array; size: Size } {
  const { do_pad, do_resize, size, resample } = settings
  const side = Math.max(picture.width, picture.height)
  const from = do_pad ? { width: side, height: side } : { width: picture.width, height: picture.height }
  const to = do_resize ? boxOf(size) : from
  // The class takes the number of its filter for the question whether to smooth; 0 is no.
  const axis = (length: number, wanted: number) => createAxis(length, wanted, resample !== 0)
  const columns = axis(from.width, to.width)
  const rows = axis(from.height, to.height)
  const values = valuesOf(settings)
  const range = rangeOf(picture, values, from)
  const data = new Float32Array(3 * to.width * to.height)
  for (let channel = 0; channel < 3; channel++) {
    const write = writer(channel, settings, range)
    const rowAt = rowReader(picture, channel, values, columns, rows)
    for (let y = 0; y < to.height; y++) {
      const part = rows.parts[y] as number
      const above = rowAt(rows.lows[y] as number)
      const below = rowAt(rows.highs[y] as number)
      const start = (channel * to.height + y) * to.width
      for (let x = 0; x < to.width; x++)
        data[start + x] = write((above[x] as number) * (1 - part) + (below[x] as number) * part)
    }
  }
  return { data, size: to }
}

/** What each of 256 values is before resizing. */
function valuesOf({ do_rescale, rescale_factor }: Settings): Float64Array {
  const factor = do_rescale ? rescale_factor : 1
  return Float64Array.from({ length: 256 }, (_, value) => Math.fround(value * factor))
}

interface Range {
  readonly low: number
  readonly high: number
}

/** That of all channels together, since the clipping is done on the whole array; padding counts. */
function rangeOf({ width, height, channels, data }: Pixels, values: Float64Array, padded: Size): Range {
  let [low, high] = [255, 0]
  for (let p = 0; p < width * height * channels; p += channels) {
    for (let channel = 0; channel < 3; channel++) {
      const value = data[p + channel] as number
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (padded.width > width || padded.height > height) low = 0
  return { low: values[low] as number, high: values[high] as number }
}

function writer(channel: number, { do_normalize, image_mean, image_std }: Settings, { low, high }: Range) {
  const mean = Math.fround(do_normalize ? (image_mean[channel] as number) : 0)
  const std = Math.fround(do_normalize ? (image_std[channel] as number) : 1)
  return (value: number) => Math.fround(Math.fround(Math.min(high, Math.max(low, value))) - mean) / std
}

/** Resizing along one axis: two samples for each position, smoothed before. */
interface Axis {
  readonly length: number
  readonly lows: Int32Array
  readonly highs: Int32Array
  /** How much the higher sample counts. */
  readonly parts: Float64Array
  /** The samples that are read at all, in order. */
  readonly read: Int32Array
  /** Weights of the Gaussian; one where nothing is smoothed. */
  readonly weights: Float64Array
}

function createAxis(length: number, wanted: number, smooths: boolean): Axis {
  const axis = { lows: new Int32Array(wanted), highs: new Int32Array(wanted), parts: new Float64Array(wanted) }
  for (let i = 0; i < wanted; i++) {
    const position = (i + 0.5) * (length / wanted) - 0.5
    const floor = Math.floor(position)
    axis.lows[i] = mirrored(floor, length)
    axis.highs[i] = mirrored(floor + 1, length)
    axis.parts[i] = position - floor
  }
  const read = Int32Array.from(new Set([...axis.lows, ...axis.highs])).sort()
  const sigma = smooths ? Math.max(0, (length / wanted - 1) / 2) : 0
  return { length, ...axis, read, weights: gaussian(sigma) }
}

function gaussian(sigma: number): Float64Array {
  if (sigma <= 1e-15) return Float64Array.of(1)
  const radius = Math.trunc(TRUNCATE * sigma + 0.5)
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp((-0.5 / sigma ** 2) * (i - radius) ** 2),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Rows of the padded picture, smoothed both ways and resized across. The last two are kept: neighbours share them. */
function rowReader(picture: Pixels, channel: number, values: Float64Array, columns: Axis, rows: Axis) {
  const kept = new Map<number, Float64Array>()
  const sources = sourcesOf(columns)
  return (row: number): Float64Array => {
    const known = kept.get(row)
    if (known) return known
    const made = across(down(picture, channel, values, row, rows), columns, sources)
    if (kept.size === 2) kept.delete(kept.keys().next().value as number)
    kept.set(row, made)
    return made
  }
}

/** A row smoothed with those above and below it, without the padding on its right. */
function down(
  { width, height, channels, data }: Pixels,
  channel: number,
  values: Float64Array,
  row: number,
  rows: Axis,
) {
  const radius = (rows.weights.length - 1) / 2
  const out = new Float64Array(width)
  for (const [k, weight] of rows.weights.entries()) {
    const source = mirrored(row + k - radius, rows.length)
    if (source >= height) continue
    let p = source * width * channels + channel
    for (let x = 0; x < width; x++, p += channels)
      out[x] = (out[x] as number) + weight * (values[data[p] as number] as number)
  }
  return out
}

/** For each sample and each weight where it comes from. */
function sourcesOf({ length, weights }: Axis): Int32Array {
  const radius = (weights.length - 1) / 2
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => mirrored(i - radius, length))
}

function across(row: Float64Array, { length, lows, highs, parts, read, weights }: Axis, sources: Int32Array) {
  const smooth = new Float64Array(length)
  for (const column of read) {
    let sum = 0
    for (let k = 0; k < weights.length; k++) {
      const source = sources[column + k] as number
      if (source < row.length) sum += (weights[k] as number) * (row[source] as number)
    }
    smooth[column] = sum
  }
  const out = new Float64Array(lows.length)
  for (let x = 0; x < out.length; x++) {
    const part = parts[x] as number
    out[x] = (smooth[lows[x] as number] as number) * (1 - part) + (smooth[highs[x] as number] as number) * part
  }
  return out
}
