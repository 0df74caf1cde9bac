/** A picture to the input that a declaration describes. */

import type { Pixels } from '#core/media.ts'
import { luma } from '../media/transforms.ts'
import { place } from '../processors/geometry.ts'
import { resize } from '../processors/resize.ts'
import { type Port, type Size, type Tensor, tensor } from '../task.ts'
import type { Frame, PictureInput } from './declaration.ts'

/** The input and where the picture lies in it. @param port - the graph's input, for what the declaration leaves out. */
export function prepare(picture: Pixels, spec: PictureInput, port: Port): { values: Tensor<'float32'>; frame: Frame } {
  const layout = spec.layout ?? (port.dims.at(-1) === 3 || port.dims.at(-1) === 1 ? 'nhwc' : 'nchw')
  const { pixels, frame } = arrange(picture, spec, sizeOf(picture, spec, port, layout))
  return { values: toTensor(pixels, spec, layout), frame }
}

type Layout = 'nchw' | 'nhwc'

function sizeOf(picture: Pixels, { size }: PictureInput, port: Port, layout: Layout): Size {
  if (size && 'multipleOf' in size) {
    const { multipleOf, maxSide = Infinity } = size
    const shrink = Math.min(1, maxSide / Math.max(picture.width, picture.height))
    const round = (side: number) => Math.max(multipleOf, Math.round((side * shrink) / multipleOf) * multipleOf)
    return { width: round(picture.width), height: round(picture.height) }
  }
  if (size && 'height' in size) {
    return { width: Math.max(1, Math.round((picture.width * size.height) / picture.height)), height: size.height }
  }
  if (size) return { width: size[0], height: size[1] }
  const [height, width] = layout === 'nchw' ? port.dims.slice(2) : port.dims.slice(1, 3)
  const fixed = (side: number | string | undefined, own: number) => (typeof side === 'number' && side > 0 ? side : own)
  return { width: fixed(width, picture.width), height: fixed(height, picture.height) }
}

function arrange(picture: Pixels, spec: PictureInput, input: Size): { pixels: Pixels; frame: Frame } {
  const { fit = 'stretch', pad = 0, resample = 'bilinear' } = spec
  const across = input.width / picture.width
  const down = input.height / picture.height
  const size = { width: picture.width, height: picture.height }
  if (fit === 'stretch') {
    const pixels = resize(picture, input.width, input.height, resample)
    return { pixels, frame: { picture: size, input, scaleX: across, scaleY: down, left: 0, top: 0 } }
  }
  const scale = fit === 'cover' ? Math.max(across, down) : Math.min(across, down)
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))
  const left = fit === 'cover' ? -Math.floor((width - input.width) / 2) : 0
  const top = fit === 'cover' ? -Math.floor((height - input.height) / 2) : 0
  const pixels = place(resize(picture, width, height, resample), input.width, input.height, left, top, pad)
  return { pixels, frame: { picture: size, input, scaleX: scale, scaleY: scale, left, top } }
}

function toTensor({ width, height, data }: Pixels, spec: PictureInput, layout: Layout): Tensor<'float32'> {
  const { channels = 'rgb', scale = 1 / 255, mean = [0], std = [1] } = spec
  const count = channels === 'grey' ? 1 : 3
  const plane = width * height
  const values = new Float32Array(count * plane)
  const value = (at: number, channel: number) =>
    channels === 'grey'
      ? luma(data[at] as number, data[at + 1] as number, data[at + 2] as number)
      : (data[at + (channels === 'bgr' ? 2 - channel : channel)] as number)
  for (let channel = 0; channel < count; channel++) {
    const subtract = mean[channel] ?? mean[0] ?? 0
    const divide = std[channel] ?? std[0] ?? 1
    const [start, step] = layout === 'nchw' ? [channel * plane, 1] : [channel, count]
    for (let i = 0; i < plane; i++) values[start + i * step] = (value(i * 3, channel) * scale - subtract) / divide
  }
  return tensor('float32', values, layout === 'nchw' ? [1, count, height, width] : [1, height, width, count])
}
