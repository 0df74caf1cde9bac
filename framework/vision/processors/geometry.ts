/** Cropping, padding and turning of 8-bit pixels. */

import type { Pixels } from '#core/media.ts'
import { luma } from '../media/transforms.ts'

/** Pixels of `from` moved to (`left`, `top`) of a canvas; what lies outside is cut, what is empty is `fill`. */
export function place(
  from: Pixels,
  width: number,
  height: number,
  left: number,
  top: number,
  fill: number | readonly number[] = 0,
): Pixels {
  if (left === 0 && top === 0 && width === from.width && height === from.height) return from
  const { channels } = from
  const data = new Uint8Array(width * height * channels)
  if (typeof fill === 'number') {
    if (fill !== 0) data.fill(fill)
  } else for (let i = 0; i < data.length; i++) data[i] = fill[i % channels] as number
  const firstColumn = Math.max(0, left)
  const columns = Math.min(width, left + from.width) - firstColumn
  if (columns > 0) {
    for (let y = Math.max(0, top); y < Math.min(height, top + from.height); y++) {
      const start = ((y - top) * from.width + firstColumn - left) * channels
      data.set(from.data.subarray(start, start + columns * channels), (y * width + firstColumn) * channels)
    }
  }
  return { width, height, channels, data }
}

/**
 * Centre crop of Transformers: a side that is too short is set into black first.
 * @param round - which half of the black comes first: the larger one with Pillow, the smaller one with torchvision
 */
export function centerCrop(from: Pixels, width: number, height: number, round: 'ceil' | 'floor' = 'ceil'): Pixels {
  const offset = (have: number, want: number) =>
    want > have ? Math[round]((want - have) / 2) : -Math.floor((have - want) / 2)
  return place(from, width, height, offset(from.width, width), offset(from.height, height))
}

/** Half before, half after; the odd pixel goes to the right and the bottom. */
export function padCentred(from: Pixels, width: number, height: number): Pixels {
  const before = (have: number, want: number) => Math.max(0, Math.floor((want - have) / 2))
  return place(
    from,
    Math.max(width, from.width),
    Math.max(height, from.height),
    before(from.width, width),
    before(from.height, height),
  )
}

/** Which position stands at one beyond an edge, mirrored at the middle of the edge pixel: c b | a b c | b a. */
export function mirrored(position: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const around = ((position % period) + period) % period
  return around < size ? around : period - around
}

/** Grows to the right and the bottom by mirroring, edge pixels included. */
export function padSymmetric(from: Pixels, width: number, height: number): Pixels {
  const { channels } = from
  const data = new Uint8Array(width * height * channels)
  const mirror = (position: number, size: number) => {
    const around = position % (2 * size)
    return around < size ? around : 2 * size - 1 - around
  }
  let out = 0
  for (let y = 0; y < height; y++) {
    const row = mirror(y, from.height) * from.width
    for (let x = 0; x < width; x++) {
      const p = (row + mirror(x, from.width)) * channels
      for (let channel = 0; channel < channels; channel++) data[out++] = from.data[p + channel] as number
    }
  }
  return { width, height, channels, data }
}

/** A quarter turn clockwise. */
export function rotateClockwise(from: Pixels): Pixels {
  const { channels } = from
  const width = from.height
  const height = from.width
  const data = new Uint8Array(from.data.length)
  let out = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = ((from.height - 1 - x) * from.width + y) * channels
      for (let channel = 0; channel < channels; channel++) data[out++] = from.data[p + channel] as number
    }
  }
  return { width, height, channels, data }
}

/** Cuts light margins off a scanned page: what is brighter than 200 of 255 after stretching grey to the full range. */
export function cropMargin(from: Pixels): Pixels {
  const { width, height, data } = from
  const grey = new Uint8Array(width * height)
  let low = 255
  let high = 0
  for (let i = 0, p = 0; i < grey.length; i++, p += 3) {
    const value = luma(data[p] as number, data[p + 1] as number, data[p + 2] as number)
    grey[i] = value
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low === high) return from
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((((grey[y * width + x] as number) - low) / (high - low)) * 255 >= 200) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  return place(from, right - left + 1, bottom - top + 1, -left, -top)
}
