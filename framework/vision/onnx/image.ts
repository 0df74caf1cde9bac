/** Outputs that are pictures. */

import { expected } from '#core/errors.ts'
import type { Image, Pixels } from '#core/media.ts'
import { createImage } from '../media/open-image.ts'
import { place } from '../processors/geometry.ts'
import { roundHalfEven } from '../rounding.ts'
import type { Session, Tensor } from '../task.ts'
import { type Asked, wanted } from './asked.ts'
import { withColours, withLuma } from './colour.ts'
import type { Frame } from './declaration.ts'
import type { ImageHead } from './head-kinds.ts'
import { layoutOf, toPlanes } from './planes.ts'

export function toImage(head: ImageHead, output: Tensor<'float32'>, asked: Asked | null): Image {
  const { gives = 'picture', range = [0, 1] } = head
  const planes = planesOf(head, output)
  if (gives === 'luma') return createImage(withLuma(wanted(asked, 'image').pixels, planes, range))
  if (gives === 'ab') return createImage(withColours(wanted(asked, 'image').pixels, planes))
  const made = pixelsOf(head, output)
  return createImage(asked ? withoutPadding(made, asked.frame) : made)
}

/** Bytes that a graph gives are black at 0 and white at 255. */
export function withRange(head: ImageHead, { outputs }: Pick<Session, 'outputs'>): ImageHead {
  const port = head.output === undefined ? outputs[0] : outputs.find(({ name }) => name === head.output)
  return port?.type === 'uint8' ? { ...head, range: head.range ?? [0, 255] } : head
}

const planesOf = ({ layout }: ImageHead, output: Tensor<'float32'>) =>
  toPlanes(output, layout ?? layoutOf(output.dims, 4))

/** All that a graph gave, padding included. */
export const pixelsOf = (head: ImageHead, output: Tensor<'float32'>): Pixels =>
  toPixels(planesOf(head, output), head.range ?? [0, 1], head.channels === 'bgr')

function toPixels(
  { data, dims }: Tensor<'float32'>,
  [low, high]: readonly [number, number],
  reversed: boolean,
): Pixels {
  const [channels = 1, height = 1, width = 1] = dims.slice(-3)
  if (![1, 3, 4].includes(channels))
    throw expected('head.layout', 'a picture of 1, 3 or 4 channels', `${channels} channels`)
  const plane = width * height
  const bytes = new Uint8Array(plane * channels)
  for (let c = 0; c < channels; c++) {
    const to = reversed && c < 3 && channels > 1 ? 2 - c : c
    for (let i = 0; i < plane; i++) {
      const value = ((data[c * plane + i] as number) - low) / (high - low)
      bytes[i * channels + to] = roundHalfEven(Math.min(1, Math.max(0, value)) * 255)
    }
  }
  return { width, height, channels: channels as 1 | 3 | 4, data: bytes }
}

/** What shows the picture, of an output that shows the whole letterbox. */
function withoutPadding(made: Pixels, { picture, input, scaleX, scaleY, left, top }: Frame): Pixels {
  const [across, down] = [made.width / input.width, made.height / input.height]
  const width = Math.min(made.width, Math.round(picture.width * scaleX * across))
  const height = Math.min(made.height, Math.round(picture.height * scaleY * down))
  if (left < 0 || top < 0 || (width === made.width && height === made.height)) return made
  return place(made, width, height, -Math.round(left * across), -Math.round(top * down))
}
