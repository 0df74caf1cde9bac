/** Pictures that a graph makes, and masks that go into a picture's alpha. */

import type { Pixels } from '#core/media.ts'
import { roundHalfEven } from '../rounding.ts'
import type { Size, Tensor } from '../task.ts'
import { sigmoids, softmax } from './activations.ts'
import { bilinear, type Plane } from './interpolate.ts'

/**
 * `[1, 3, height, width]` in 0..1 to pixels; values outside are clamped.
 * @param part - how much of it to keep from the top left
 */
export function toPixels({ data, dims }: Tensor<'float32'>, part?: Size): Pixels {
  const [height = 0, width = 0] = dims.slice(-2)
  const size = { width: Math.min(width, part?.width ?? width), height: Math.min(height, part?.height ?? height) }
  const pixels = new Uint8Array(3 * size.width * size.height)
  let at = 0
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const value = data[(channel * height + y) * width + x] as number
        pixels[at++] = roundHalfEven(Math.fround(Math.min(1, Math.max(0, value)) * 255))
      }
    }
  }
  return { ...size, channels: 3, data: pixels }
}

/**
 * How sure a matting or segmentation graph is, for every pixel, that it belongs to the foreground; 0..1.
 * One channel is taken as it is, or through a sigmoid where it leaves 0..1; of more channels the first is background.
 */
export function foreground({ data, dims }: Tensor<'float32'>, size: Size): Plane {
  const [channels = 1, height = 0, width = 0] = [1, ...dims].slice(-3)
  const pixels = height * width
  if (channels > 1) return bilinear({ width, height, data: notFirst(data, channels, pixels) }, size)
  const plane = data.subarray(0, pixels)
  const inRange = plane.every((value) => value >= 0 && value <= 1)
  return bilinear({ width, height, data: inRange ? plane : sigmoids(plane) }, size)
}

function notFirst(data: Float32Array, channels: number, pixels: number): Float32Array {
  const column = new Float32Array(channels)
  return Float32Array.from({ length: pixels }, (_, pixel) => {
    for (let c = 0; c < channels; c++) column[c] = data[c * pixels + pixel] as number
    return 1 - (softmax(column)[0] as number)
  })
}

/** RGB pixels with an alpha of 0..1 for each. */
export function withAlpha({ width, height, data }: Pixels, alpha: Plane): Pixels {
  const rgba = new Uint8Array(4 * width * height)
  for (let i = 0; i < width * height; i++) {
    rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i)
    rgba[4 * i + 3] = Math.round((alpha.data[i] as number) * 255)
  }
  return { width, height, channels: 4, data: rgba }
}
