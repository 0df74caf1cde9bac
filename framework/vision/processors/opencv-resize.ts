/**
 * Resizing with the exact numbers of OpenCV's `resize` with `INTER_LINEAR`: between the four nearest pixels, whatever the
 * scale, in fixed point of 11 bits. Detectors and readers that were made with OpenCV saw their pictures so.
 */

import type { Pixels } from '#core/media.ts'
import { roundHalfEven } from '../rounding.ts'

const ONE = 2048

/** For each place of the result its two neighbours, and how much each counts, of 2048. */
interface Neighbours {
  readonly near: Int32Array
  readonly far: Int32Array
  readonly nearShare: Int32Array
  readonly farShare: Int32Array
}

/** @param whole - whether a place beyond the last pixels counts that pixel alone; else twice, by shares that are cut off apart */
function neighboursOf(from: number, to: number, whole: boolean): Neighbours {
  const scale = 1 / (to / from)
  const made = () => new Int32Array(to)
  const result = { near: made(), far: made(), nearShare: made(), farShare: made() }
  for (let i = 0; i < to; i++) {
    const at = Math.fround((i + 0.5) * scale - 0.5)
    const cell = Math.floor(at)
    const beyond = cell < 0 || cell >= from - 1
    const rest = whole && beyond ? 0 : Math.fround(at - cell)
    result.near[i] = Math.min(Math.max(cell, 0), from - 1)
    result.far[i] = Math.min(Math.max(cell + 1, 0), from - 1)
    result.nearShare[i] = roundHalfEven(Math.fround(1 - rest) * ONE)
    result.farShare[i] = roundHalfEven(rest * ONE)
  }
  return result
}

/** `width` and `height` in pixels; of any number of channels. */
export function resizeLikeOpencv(from: Pixels, width: number, height: number): Pixels {
  if (from.width === width && from.height === height) return from
  // Half of both sides is where OpenCV takes means of four.
  if (from.width === width * 2 && from.height === height * 2) return halved(from)
  const across = neighboursOf(from.width, width, true)
  const down = neighboursOf(from.height, height, false)
  const { channels } = from
  const stride = width * channels
  const data = new Uint8Array(height * stride)
  const rows = new Map<number, Int32Array>()
  const rowAt = (y: number) => {
    const row = rows.get(y) ?? horizontally(from, y, across)
    rows.set(y, row)
    return row
  }
  for (let y = 0; y < height; y++) {
    const [near, far] = [down.near[y] as number, down.far[y] as number]
    const [above, below] = [rowAt(near), rowAt(far)]
    for (const known of rows.keys()) if (known < near) rows.delete(known)
    const [a, b] = [down.nearShare[y] as number, down.farShare[y] as number]
    for (let i = 0; i < stride; i++) {
      const upper = ((above[i] as number) >> 4) * a
      const lower = ((below[i] as number) >> 4) * b
      data[y * stride + i] = ((upper >> 16) + (lower >> 16) + 2) >> 2
    }
  }
  return { width, height, channels, data }
}

function horizontally({ width, channels, data }: Pixels, y: number, across: Neighbours): Int32Array {
  const count = across.near.length
  const row = new Int32Array(count * channels)
  const start = y * width * channels
  for (let x = 0; x < count; x++) {
    const near = start + (across.near[x] as number) * channels
    const far = start + (across.far[x] as number) * channels
    const [a, b] = [across.nearShare[x] as number, across.farShare[x] as number]
    for (let c = 0; c < channels; c++)
      row[x * channels + c] = (data[near + c] as number) * a + (data[far + c] as number) * b
  }
  return row
}

function halved({ width: wide, height: high, channels, data }: Pixels): Pixels {
  const [width, height] = [wide / 2, high / 2]
  const half = new Uint8Array(width * height * channels)
  const at = (x: number, y: number, c: number) => data[(y * wide + x) * channels + c] as number
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const sum =
          at(x * 2, y * 2, c) + at(x * 2 + 1, y * 2, c) + at(x * 2, y * 2 + 1, c) + at(x * 2 + 1, y * 2 + 1, c)
        half[(y * width + x) * channels + c] = (sum + 2) >> 2
      }
  return { width, height, channels, data: half }
}
