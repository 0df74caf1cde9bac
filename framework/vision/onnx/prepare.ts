/** A picture to the input that a declaration describes. */

import type { Pixels } from '#core/media.ts'
import { luma } from '../media/transforms.ts'
import { place } from '../processors/geometry.ts'
import { resizeLikeOpencv } from '../processors/opencv-resize.ts'
import { resize } from '../processors/resize.ts'
import { type Port, type Size, type Tensor, tensor } from '../task.ts'
import { lightness } from './colour.ts'
import type { Frame, PictureInput, SizeRule } from './declaration.ts'

/** The input and where the picture lies in it. @param port - the graph's input, for what the declaration leaves out. */
export function prepare(picture: Pixels, spec: PictureInput, port: Port): { values: Tensor<'float32'>; frame: Frame } {
  const { dims, layout } = layoutFor(spec, port)
  const { pixels, frame } = arrange(picture, spec, sizeFor(picture, spec, port))
  const wants = layout === 'nchw' ? dims[1] : dims[3]
  const bytes = /int/.test(port.type)
  const values = toTensor(pixels, spec, layout, wants, bytes)
  return { values: port.dims.length === 3 ? tensor('float32', values.data, values.dims.slice(1)) : values, frame }
}

function layoutFor(spec: PictureInput, port: Port): { dims: Port['dims']; layout: Layout } {
  // A graph without a batch takes [channels, height, width], or the channels last.
  const dims = port.dims.length === 3 ? [1, ...port.dims] : port.dims
  const layout = spec.layout ?? (isChannels(dims.at(-1)) && !isChannels(dims[1]) ? 'nhwc' : 'nchw')
  return { dims, layout }
}

/** What a picture becomes: as declared, else as the graph says, else its own size. */
export function sizeFor(picture: Size, spec: PictureInput, port: Port): Size {
  const { dims, layout } = layoutFor(spec, port)
  return sizeOf(picture, spec, layout === 'nchw' ? dims.slice(2) : dims.slice(1, 3))
}

type Layout = 'nchw' | 'nhwc'
type Dim = number | string | undefined

const isChannels = (dim: Dim) => dim === 1 || dim === 3

function sizeOf(picture: Size, { size }: PictureInput, [height, width]: readonly Dim[]): Size {
  if (size && 'length' in size) return { width: size[0], height: size[1] }
  if (size) return ruledSize(picture, size)
  const fixed = (side: Dim, own: number) => (typeof side === 'number' && side > 0 ? side : own)
  return { width: fixed(width, picture.width), height: fixed(height, picture.height) }
}

function ruledSize(
  picture: Size,
  { height, maxWidth = Infinity, shorter, maxSide = Infinity, multipleOf = 1 }: SizeRule,
): Size {
  const { width: w, height: h } = picture
  const wanted = height ? height / h : shorter ? shorter / Math.min(w, h) : 1
  const scale = Math.min(wanted, maxSide / Math.max(w, h))
  const round = (side: number) => Math.max(multipleOf, Math.round(side / multipleOf) * multipleOf)
  return { width: Math.min(maxWidth, round(w * scale)), height: round(h * scale) }
}

function arrange(picture: Pixels, spec: PictureInput, input: Size): { pixels: Pixels; frame: Frame } {
  const { fit = 'stretch', align = 'start', pad = 0, resample = 'bilinear' } = spec
  const resized = (width: number, height: number) =>
    resample === 'opencv' ? resizeLikeOpencv(picture, width, height) : resize(picture, width, height, resample)
  const across = input.width / picture.width
  const down = input.height / picture.height
  const size = { width: picture.width, height: picture.height }
  if (fit === 'stretch') {
    const pixels = resized(input.width, input.height)
    return { pixels, frame: { picture: size, input, scaleX: across, scaleY: down, left: 0, top: 0 } }
  }
  const scale = fit === 'cover' ? Math.max(across, down) : Math.min(across, down)
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))
  const centred = fit === 'cover' || align === 'centre'
  const left = centred ? half(input.width - width) : 0
  const top = centred ? half(input.height - height) : 0
  const pixels = place(resized(width, height), input.width, input.height, left, top, pad)
  return { pixels, frame: { picture: size, input, scaleX: scale, scaleY: scale, left, top } }
}

/** Of an odd number of pixels, the smaller part lies before. */
const half = (rest: number) => Math.trunc(rest / 2) + 0

/** @param wants - channels of the graph's input. @param bytes - whether it takes whole numbers. */
function toTensor({ width, height, data }: Pixels, spec: PictureInput, layout: Layout, wants: Dim, bytes: boolean) {
  const { channels = 'rgb', mean = [0], std = [1] } = spec
  const { scale = bytes || channels === 'lightness' ? 1 : 1 / 255 } = spec
  const single = channels === 'grey' || channels === 'lightness'
  const count = single && wants !== 3 ? 1 : 3
  const plane = width * height
  const values = new Float32Array(count * plane)
  const value = readerOf(channels, data)
  for (let channel = 0; channel < count; channel++) {
    const subtract = mean[channel] ?? mean[0] ?? 0
    const divide = std[channel] ?? std[0] ?? 1
    const [start, step] = layout === 'nchw' ? [channel * plane, 1] : [channel, count]
    for (let i = 0; i < plane; i++) values[start + i * step] = (value(i * 3, channel) * scale - subtract) / divide
  }
  return tensor('float32', values, layout === 'nchw' ? [1, count, height, width] : [1, height, width, count])
}

function readerOf(
  channels: NonNullable<PictureInput['channels']>,
  data: Uint8Array,
): (at: number, channel: number) => number {
  switch (channels) {
    case 'rgb':
      return (at, channel) => data[at + channel] as number
    case 'bgr':
      return (at, channel) => data[at + 2 - channel] as number
    case 'grey':
      return (at) => luma(data[at] as number, data[at + 1] as number, data[at + 2] as number)
    case 'lightness':
      return (at) => lightness(data[at] as number, data[at + 1] as number, data[at + 2] as number)
  }
}
