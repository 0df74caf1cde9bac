/** Segments: the parts that a picture is divided into. */

import type { Size } from '../task.ts'
import type { Mask } from './masks.ts'

/** A thing, or a stretch of stuff, in the picture. */
export interface Segment {
  readonly label: number
  /** 0..1, rounded to 6 digits. */
  readonly score: number
  readonly mask: Mask
}

/**
 * The pixels of each segment.
 * @param segmentOf - number of the segment that a pixel belongs to, or -1
 */
export function segmentMasks(count: number, size: Size, segmentOf: (pixel: number) => number): Mask[] {
  const pixels = size.width * size.height
  const masks = Array.from({ length: count }, () => ({ ...size, data: new Uint8Array(pixels) }))
  for (let pixel = 0; pixel < pixels; pixel++) {
    const segment = segmentOf(pixel)
    if (segment >= 0) (masks[segment] as Mask).data[pixel] = 255
  }
  return masks
}

/** Python's `round(x, 6)`, which goes by the exact binary value, as `toFixed` does. */
export const roundTo6 = (value: number) => Number(value.toFixed(6))
