/**
 * ZoeDepth's processor: rescales, pads by mirroring, then resizes floats bilinearly with aligned corners, as the Python
 * class does through torch, and normalises. The padding is cut off again after the model: see `zoePadding`.
 */

import type { Pixels } from '#core/media.ts'
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
  const columns = axis(from.width, to.width, pad.width, picture.width)
  const rows = axis(from.height, to.height, pad.height, picture.height)
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
        const left = f32(1 - column.part)
        const above = f32(at(row.low, column.low) * left + f32(at(row.low, column.high) * column.part))
        const below = f32(at(row.high, column.low) * left + f32(at(row.high, column.high) * column.part))
        const value = f32(above * f32(1 - row.part) + f32(below * row.part))
        data[out++] = f32(value - mean) / std
      }
    }
  }
  return { data, size: to }
}

/** For each output position the two rows or columns of the unpadded picture between which it lies. */
function axis(padded: number, to: number, pad: number, size: number) {
  const step = to > 1 ? f32((padded - 1) / (to - 1)) : 0
  return Array.from({ length: to }, (_, index) => {
    const position = f32(index * step)
    const low = Math.min(padded - 1, Math.floor(position))
    const high = Math.min(padded - 1, low + 1)
    return { low: reflect(low - pad, size), high: reflect(high - pad, size), part: f32(position - low) }
  })
}

/** Mirrors without repeating the edge, as often as it takes. */
function reflect(position: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const around = ((position % period) + period) % period
  return around < size ? around : period - around
}
