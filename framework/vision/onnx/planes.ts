/** Outputs that are pictures, masks or classes of pixels: in planes, and in the picture's own pixels. */

import { sigmoids } from '../heads/activations.ts'
import { bilinear, type Plane } from '../heads/interpolate.ts'
import { type Tensor, tensor } from '../task.ts'
import type { Frame } from './declaration.ts'
import type { MaskHead } from './head-kinds.ts'

export type Layout = 'nchw' | 'nhwc'

/** `[1, channels, height, width]`, whatever of it the graph leaves out. */
export function toPlanes(output: Tensor<'float32'>, layout: Layout): Tensor<'float32'> {
  const { data, dims } = output
  if (layout === 'nchw') return tensor('float32', data, [1, ...[1, 1, ...dims].slice(-3)])
  const [height = 1, width = 1, channels = 1] = dims.slice(-3)
  const plane = height * width
  const planes = new Float32Array(channels * plane)
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < channels; c++) planes[c * plane + i] = data[i * channels + c] as number
  }
  return tensor('float32', planes, [1, channels, height, width])
}

/** Channels last where a square lies before them, or where only the last dimension is small enough for them. */
export function layoutOf(dims: readonly number[], most: number): Layout {
  const [first = 1, second = 1, last = 1] = dims.slice(-3)
  if (dims.length < 3 || last > most || (second === last && first !== second)) return 'nchw'
  return first > most || (first > 1 && first === second && second !== last) ? 'nhwc' : 'nchw'
}

export function planeAt({ data, dims }: Tensor<'float32'>, channel = 0): Plane {
  const [height = 1, width = 1] = dims.slice(-2)
  return { width, height, data: data.subarray(channel * width * height, (channel + 1) * width * height) }
}

const APPLY: Readonly<Record<NonNullable<MaskHead['apply']>, (values: Float32Array) => Float32Array>> = {
  none: (values) => values,
  sigmoid: sigmoids,
  minmax(values) {
    let [low, high] = [Infinity, -Infinity]
    for (const value of values) {
      if (value < low) low = value
      if (value > high) high = value
    }
    const range = high - low || 1
    return values.map((value) => (value - low) / range)
  },
}

export const applied = (plane: Plane, how: NonNullable<MaskHead['apply']>): Plane => ({
  ...plane,
  data: APPLY[how](plane.data),
})

/** Whether all of the input is the picture. */
export function showsWhole({ picture, input, scaleX, scaleY, left, top }: Frame): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) < 1
  return (
    left === 0 && top === 0 && near(picture.width * scaleX, input.width) && near(picture.height * scaleY, input.height)
  )
}

/** Values for the input to values for the picture: the part that shows it, enlarged. */
export function inPicture(plane: Plane, frame: Frame, smooth = true): Plane {
  const { picture } = frame
  if (smooth && showsWhole(frame)) return bilinear(plane, picture)
  const data = new Float32Array(picture.width * picture.height)
  const value = valuesInPicture(plane, frame, smooth)
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) data[y * picture.width + x] = value(x, y)
  }
  return { width: picture.width, height: picture.height, data }
}

/** Of values for the input, that at a pixel of the picture. */
export function valuesInPicture(
  plane: Plane,
  { input, scaleX, scaleY, left, top }: Frame,
  smooth = true,
): (x: number, y: number) => number {
  const toPlaneX = plane.width / input.width
  const toPlaneY = plane.height / input.height
  const across = (x: number) => ((x + 0.5) * scaleX + left) * toPlaneX - 0.5
  const down = (y: number) => ((y + 0.5) * scaleY + top) * toPlaneY - 0.5
  const read = smooth ? interpolated : nearest
  return (x, y) => read(plane, across(x), down(y))
}

const within = (value: number, most: number) => Math.min(most, Math.max(0, value))

function nearest({ width, height, data }: Plane, x: number, y: number): number {
  return data[within(Math.round(y), height - 1) * width + within(Math.round(x), width - 1)] as number
}

function interpolated({ width, height, data }: Plane, atX: number, atY: number): number {
  const [x, y] = [within(atX, width - 1), within(atY, height - 1)]
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)]
  const value = (column: number, row: number) => data[row * width + column] as number
  const above = value(left, top) + (value(right, top) - value(left, top)) * (x - left)
  const below = value(left, bottom) + (value(right, bottom) - value(left, bottom)) * (x - left)
  return above + (below - above) * (y - top)
}
