/**
 * ZoeDepth's processor: rescales, pads by mirroring, then resizes floats bilinearly with aligned corners, as the Python
 * class does through torch, and normalises. The padding is cut off again after the model: see `zoePadding`.
 */

import type { Pixels } from '#core/media.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import { multipleOf } from './sizes.ts'

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
    const mean = settings.do_normalize ? (settings.image_mean[channel] as number) : 0
    const std = settings.do_normalize ? (settings.image_std[channel] as number) : 1
    const at = (row: number, column: number) =>
      (picture.data[(row * picture.width + column) * picture.channels + channel] as number) * factor
    for (const row of rows) {
      for (const column of columns) {
        const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part
        const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part
        data[out++] = (above * (1 - row.part) + below * row.part - mean) / std
      }
    }
  }
  return { data, size: to }
}

/** For each output position the two rows or columns of the unpadded picture between which it lies. */
function axis(padded: number, to: number, pad: number, size: number) {
  const step = to > 1 ? (padded - 1) / (to - 1) : 0
  return Array.from({ length: to }, (_, index) => {
    const position = index * step
    const low = Math.floor(position)
    const high = Math.min(padded - 1, low + 1)
    return { low: reflect(low - pad, size), high: reflect(high - pad, size), part: position - low }
  })
}

/** Mirrors without repeating the edge, as often as it takes. */
function reflect(position: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const around = ((position % period) + period) % period
  return around < size ? around : period - around
}
