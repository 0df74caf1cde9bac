/** Masks: which pixels of a picture belong to something. */

import type { Size } from '../task.ts'
import type { Corners } from './boxes.ts'

/** A byte for each pixel, 255 where the mask holds and 0 elsewhere, row-major. */
export interface Mask extends Size {
  readonly data: Uint8Array
}

/** @param holds - called for every pixel */
export function maskWhere({ width, height }: Size, holds: (index: number) => boolean): Mask {
  const data = new Uint8Array(width * height)
  for (let i = 0; i < data.length; i++) if (holds(i)) data[i] = 255
  return { width, height, data }
}

/** The pixels whose value is above the threshold. */
export function maskAbove({ width, height, data }: Size & { data: Float32Array }, threshold: number): Mask {
  const mask = new Uint8Array(width * height)
  for (let i = 0; i < mask.length; i++) if ((data[i] as number) > threshold) mask[i] = 255
  return { width, height, data: mask }
}

/** Number of pixels in the mask. */
export function areaOf(mask: Mask): number {
  let count = 0
  for (const value of mask.data) if (value > 0) count++
  return count
}

/** First and last column and row with a pixel in them, both included; all 0 for an empty mask. */
export function extentOf({ width, height, data }: Mask): Corners {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width)
    const first = row.indexOf(255)
    if (first < 0) continue
    left = Math.min(left, first)
    right = Math.max(right, row.lastIndexOf(255))
    top = Math.min(top, y)
    bottom = y
  }
  return right < 0 ? [0, 0, 0, 0] : [left, top, right, bottom]
}

/** Uncompressed run lengths as pycocotools reads them: column by column, beginning with a run of zeros. */
export interface RunLengths {
  /** `[height, width]` */
  readonly size: readonly [number, number]
  readonly counts: readonly number[]
}

export function toRunLengths({ width, height, data }: Mask): RunLengths {
  const counts: number[] = []
  let inside = false
  let length = 0
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const here = data[y * width + x] !== 0
      if (here !== inside) {
        counts.push(length)
        length = 0
        inside = here
      }
      length++
    }
  }
  counts.push(length)
  return { size: [height, width], counts }
}

/** A mask in little memory: where each run of its pixels begins and ends, in the order of the pixels. */
export interface PackedMask extends Size {
  readonly runs: Uint32Array
}

export function pack({ width, height, data }: Mask): PackedMask {
  const runs: number[] = []
  for (let start = data.indexOf(255); start >= 0; ) {
    const end = data.indexOf(0, start)
    runs.push(start, end < 0 ? data.length : end)
    start = end < 0 ? -1 : data.indexOf(255, end)
  }
  return { width, height, runs: Uint32Array.from(runs) }
}

export function unpack({ width, height, runs }: PackedMask): Mask {
  const data = new Uint8Array(width * height)
  for (let i = 0; i < runs.length; i += 2) data.fill(255, runs[i], runs[i + 1])
  return { width, height, data }
}
