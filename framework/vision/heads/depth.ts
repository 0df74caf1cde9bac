/** Relative depth to a picture that can be looked at. */

import type { ImageProcessor, Size, Tensor } from '../task.ts'
import { bicubic, bilinear, type Plane } from './interpolate.ts'

type Enlarge = (plane: Plane, to: Size) => Plane

/** What the Python class of an image processor enlarges depth by, where that is not `bicubic`. */
const ENLARGE: Readonly<Record<string, Enlarge>> = {
  CHMv2: (plane, to) => bilinear(plane, to, { aligned: true }),
  Tipsv2Dpt: bilinear,
}

/** @param processor - Depth Pro takes the filter of its image processor for depth, too */
export function enlargeOf({ kind, config }: Pick<ImageProcessor, 'kind' | 'config'>): Enlarge {
  if (kind === 'DepthPro' && config.resample !== 3) return bilinear
  return ENLARGE[kind] ?? bicubic
}

/**
 * Depth as the model saw it (`[1, height, width]`, or with one channel), enlarged to the picture.
 * @param padding - what the processor added on each side of the picture, in the picture's pixels; cut off again
 */
export function depthAt(
  predicted: Tensor<'float32'>,
  size: Size,
  padding: Size = { width: 0, height: 0 },
  enlarge: Enlarge = bicubic,
): Plane {
  const padded = { width: size.width + 2 * padding.width, height: size.height + 2 * padding.height }
  const whole = enlarge(planeOf(predicted), padded)
  if (padding.width === 0 && padding.height === 0) return whole
  const data = new Float32Array(size.width * size.height)
  for (let y = 0; y < size.height; y++) {
    const start = (y + padding.height) * padded.width + padding.width
    data.set(whole.data.subarray(start, start + size.width), y * size.width)
  }
  return { ...size, data }
}

/**
 * Depth in metres out of what Depth Pro gives: inverse depth for a lens that sees as far sideways as away.
 * @param fieldOfView - horizontal, in degrees; undefined where the graph does not estimate it
 */
export function depthFromInverse(
  predicted: Tensor<'float32'>,
  size: Size,
  fieldOfView?: number,
  enlarge: Enlarge = bilinear,
): Plane {
  const { width, height, data } = planeOf(predicted)
  const focal = fieldOfView === undefined ? null : focalLength(fieldOfView, size.width)
  const scaled = focal === null ? data : data.map((inverse) => f32(inverse * size.width) / focal)
  const enlarged = enlarge({ width, height, data: scaled }, size)
  return { ...size, data: enlarged.data.map((inverse) => 1 / Math.min(1e4, Math.max(1e-4, inverse))) }
}

const f32 = Math.fround
const RADIAN = f32(Math.PI / 180)

/** Of a lens, in pixels; torch divides by multiplying with the reciprocal. @param fieldOfView - in degrees */
function focalLength(fieldOfView: number, width: number): number {
  const tangent = f32(Math.tan(f32(0.5 * f32(fieldOfView * RADIAN))))
  return f32(f32(1 / tangent) * f32(0.5 * width))
}

function planeOf({ data, dims }: Tensor<'float32'>): Plane {
  const [height = 0, width = 0] = dims.slice(-2)
  return { width, height, data }
}

/**
 * A byte for each pixel: 0 for the smallest value, 255 for the largest, cut to whole numbers. A flat map is black, and
 * so is one with a value that is no number, as in Python.
 */
export function depthToBytes({ data }: Plane): Uint8Array {
  const bytes = new Uint8Array(data.length)
  let [min, max] = [Infinity, -Infinity]
  for (const value of data) {
    if (Number.isNaN(value)) return bytes
    if (value < min) min = value
    if (value > max) max = value
  }
  const range = f32(max - min)
  if (!(range > 0)) return bytes
  for (let i = 0; i < bytes.length; i++) bytes[i] = f32(f32(f32((data[i] as number) - min) / range) * 255)
  return bytes
}
