/**
 * ZoeDepth's processor: rescales, pads by mirroring, then resizes floats with aligned corners, as the Python class
 * does through torch, and normalises. The padding is cut off again after the model: see `zoePadding`.
 */

import type { Pixels } from '#core/media.ts'
import { cubicWeights } from '../heads/interpolate.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import { multipleOf } from './sizes.ts'

const f32 = Math.fround

/** Pixels added on each side of the picture before it is resized. */
export const zoePadding = ({ width, height }: Size): Size => ({
  width: Math.trunc(Math.sqrt(width / 2) * 3),
  height: Math.trunc(Math.sqrt(height / 2) * 3),
})

export function processZoeDepth(picture: Pixels, settings: Settings): { data: Float32Array; size: Size } {
  const pad = settings.do_pad ? zoePadding(picture) : { width: 0, height: 0 }
  const from = { width: picture.width + 2 * pad.width, height: picture.height + 2 * pad.height }
  const wanted = { width: settings.size.width ?? 512, height: settings.size.height ?? 384 }
  const to = settings.do_resize
    ? multipleOf(from, wanted, settings.ensure_multiple_of, settings.keep_aspect_ratio)
    : from
  const cubic = settings.resample === 3
  const columns = axis(from.width, to.width, pad.width, picture.width, cubic)
  const rows = axis(from.height, to.height, pad.height, picture.height, cubic)
  const factor = settings.do_rescale ? settings.rescale_factor : 1
  const data = new Float32Array(3 * to.width * to.height)
  let out = 0
  for (let channel = 0; channel < 3; channel++) {
    const mean = f32(settings.do_normalize ? (settings.image_mean[channel] as number) : 0)
    const std = f32(settings.do_normalize ? (settings.image_std[channel] as number) : 1)
    const at = (row: number, column: number) =>
      f32((picture.data[(row * picture.width + column) * picture.channels + channel] as number) * factor)
    for (const row of rows) {
      for (const column of columns) {
        const value = blend(row, (y) => blend(column, (x) => at(y, x)))
        data[out++] = f32(value - mean) / std
      }
    }
  }
  return { data, size: to }
}

/** The rows or columns of the unpadded picture that an output position lies between, and how much each counts. */
interface Taps {
  readonly sources: readonly number[]
  readonly weights: readonly number[]
}

function axis(padded: number, to: number, pad: number, size: number, cubic: boolean): Taps[] {
  const step = to > 1 ? f32((padded - 1) / (to - 1)) : 0
  return Array.from({ length: to }, (_, index) => {
    const position = f32(index * step)
    const low = Math.min(padded - 1, Math.floor(position))
    const part = f32(position - low)
    const offsets = cubic ? [-1, 0, 1, 2] : [0, 1]
    return {
      sources: offsets.map((offset) => reflect(Math.max(0, Math.min(padded - 1, low + offset)) - pad, size)),
      weights: cubic ? cubicWeights(part) : [f32(1 - part), part],
    }
  })
}

/** Rounded as torch does: from the last to the first, each product and sum at once. */
function blend({ sources, weights }: Taps, valueAt: (source: number) => number): number {
  let sum = 0
  for (let i = sources.length - 1; i >= 0; i--) sum = f32(valueAt(sources[i] as number) * (weights[i] as number) + sum)
  return sum
}

/** Mirrors without repeating the edge, as often as it takes. */
function reflect(position: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const around = ((position % period) + period) % period
  return around < size ? around : period - around
}
