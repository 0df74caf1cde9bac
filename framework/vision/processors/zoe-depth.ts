/**
 * ZoeDepth's processor: rescales, pads by mirroring, then resizes floats with aligned corners, as the Python class
 * does through torch, and normalises. The padding is cut off again after the model: see `zoePadding`.
 */

import type { Pixels } from '#core/media.ts'
import { cubicWeights } from '../heads/interpolate.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import { mirrored } from './geometry.ts'
import { boxOf } from './size-rules.ts'
import { bounded, multipleOf } from './sizes.ts'

const f32 = Math.fround
/** As many as a row of the result is made of. */
const KEPT_ROWS = 4

/** Pixels added on each side of the picture before it is resized. */
export const zoePadding = ({ width, height }: Size): Size => ({
  width: Math.trunc(Math.sqrt(width / 2) * 3),
  height: Math.trunc(Math.sqrt(height / 2) * 3),
})

export function processZoeDepth(picture: Pixels, settings: Settings): { data: Float32Array; size: Size } {
  const pad = settings.do_pad ? zoePadding(picture) : { width: 0, height: 0 }
  const from = { width: picture.width + 2 * pad.width, height: picture.height + 2 * pad.height }
  const to = settings.do_resize
    ? bounded(multipleOf(from, boxOf(settings.size), settings.ensure_multiple_of, settings.keep_aspect_ratio), picture)
    : from
  const cubic = settings.resample === 3
  const columns = axis(from.width, to.width, pad.width, picture.width, cubic)
  const rows = axis(from.height, to.height, pad.height, picture.height, cubic)
  const factor = settings.do_rescale ? settings.rescale_factor : 1
  const data = new Float32Array(3 * to.width * to.height)
  for (let channel = 0; channel < 3; channel++) {
    const mean = f32(settings.do_normalize ? (settings.image_mean[channel] as number) : 0)
    const std = f32(settings.do_normalize ? (settings.image_std[channel] as number) : 1)
    const wide = wideRows(
      picture,
      channel,
      Float32Array.from({ length: 256 }, (_, value) => value * factor),
      columns,
    )
    for (let y = 0; y < to.height; y++) {
      const start = (channel * to.height + y) * to.width
      const row = data.subarray(start, start + to.width)
      for (let tap = rows.count - 1; tap >= 0; tap--) {
        const line = wide(rows.sources[y * rows.count + tap] as number)
        const weight = rows.weights[y * rows.count + tap] as number
        for (let x = 0; x < row.length; x++) row[x] = (line[x] as number) * weight + (row[x] as number)
      }
      for (let x = 0; x < row.length; x++) row[x] = f32((row[x] as number) - mean) / std
    }
  }
  return { data, size: to }
}

/**
 * The rows or columns of the unpadded picture that an output position lies between, and how much each counts. Sums are
 * rounded as torch does it: from the last to the first, each product and sum at once.
 */
interface Taps {
  /** For each position. */
  readonly count: number
  readonly sources: Uint32Array
  readonly weights: Float32Array
}

function axis(padded: number, to: number, pad: number, size: number, cubic: boolean): Taps {
  const step = to > 1 ? f32((padded - 1) / (to - 1)) : 0
  const offsets = cubic ? [-1, 0, 1, 2] : [0, 1]
  const count = offsets.length
  const taps = { count, sources: new Uint32Array(to * count), weights: new Float32Array(to * count) }
  for (let i = 0; i < to; i++) {
    const position = f32(i * step)
    const low = Math.min(padded - 1, Math.floor(position))
    const part = f32(position - low)
    const inside = (place: number) => Math.max(0, Math.min(padded - 1, place))
    taps.sources.set(
      offsets.map((offset) => mirrored(inside(low + offset) - pad, size)),
      i * count,
    )
    taps.weights.set(cubic ? cubicWeights(part) : [1 - part, part], i * count)
  }
  return taps
}

/** Rows of one channel, as wide as the result. Those used last are kept: rows of the result share them. */
function wideRows({ width, channels, data }: Pixels, channel: number, values: Float32Array, columns: Taps) {
  const { count, sources, weights } = columns
  const kept = new Map<number, Float32Array>()
  return (row: number): Float32Array => {
    const known = kept.get(row)
    if (known) return known
    const made = new Float32Array(sources.length / count)
    for (let x = 0; x < made.length; x++) {
      let sum = 0
      for (let tap = (x + 1) * count - 1; tap >= x * count; tap--) {
        const value = values[data[(row * width + (sources[tap] as number)) * channels + channel] as number] as number
        sum = f32(value * (weights[tap] as number) + sum)
      }
      made[x] = sum
    }
    if (kept.size === KEPT_ROWS) kept.delete(kept.keys().next().value as number)
    kept.set(row, made)
    return made
  }
}
