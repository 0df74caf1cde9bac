/** Values out of a generating network, as pictures. */

import type { Image } from '#core/media.ts'
import { createImage } from '../../media/open-image.ts'
import { roundHalfEven } from '../../rounding.ts'
import { type Tensor, tensor } from '../../task.ts'

/** The lowest and the highest value a network gives, which become black and white. */
export type ValueRange = readonly [low: number, high: number]
export const SYMMETRIC: ValueRange = [-1, 1]

/** `[channels, height, width]` to float32 `[height, width, channels]` in 0..1. */
export function unitValues(
  values: Float32Array,
  [channels, height, width]: readonly [number, number, number],
  [low, high]: ValueRange = SYMMETRIC,
): Tensor<'float32'> {
  const count = height * width
  const span = high - low
  const out = new Float32Array(channels * count)
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < count; i++) {
      const value = ((values[channel * count + i] as number) - low) / span
      out[i * channels + channel] = Math.min(1, Math.max(0, value))
    }
  }
  return tensor('float32', out, [height, width, channels])
}

/** 8 bits, rounded as NumPy rounds. Grey for one channel, colour for three, with alpha for four. */
export function toPicture({ data, dims }: Tensor<'float32'>, name: string): Image {
  const [height = 0, width = 0, channels = 3] = dims
  const bytes = Uint8Array.from(data, (value) => roundHalfEven(Math.fround(value * 255)))
  return createImage({ width, height, channels: channels as 1 | 3 | 4, data: bytes }, { name })
}
