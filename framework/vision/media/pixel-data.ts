/** Pixels as other libraries hand them out: `RawImage` of Transformers.js, `ImageData` of a canvas, a mask of ours. */

import type { Pixels } from '#core/media.ts'

export interface PixelData {
  /** 8 bits for each channel, row-major. */
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
  /** Grey, grey with alpha, RGB, RGBA. Default: as many as `data` has for each pixel. */
  readonly channels?: 1 | 2 | 3 | 4
}

export const isPixelData = (value: unknown): value is PixelData =>
  typeof value === 'object' &&
  value !== null &&
  'width' in value &&
  'height' in value &&
  'data' in value &&
  (value.data instanceof Uint8Array || value.data instanceof Uint8ClampedArray)

/** The bytes are not copied, unless grey has an alpha: that becomes RGBA. */
export function toPixels({ data, width, height, channels = (data.length / (width * height)) as 1 }: PixelData): Pixels {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length)
  if (channels !== 2) return { width, height, channels, data: bytes }
  const rgba = new Uint8Array(width * height * 4)
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba.fill(bytes[pixel * 2] as number, pixel * 4, pixel * 4 + 3)
    rgba[pixel * 4 + 3] = bytes[pixel * 2 + 1] as number
  }
  return { width, height, channels: 4, data: rgba }
}
