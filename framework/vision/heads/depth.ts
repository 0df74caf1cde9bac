/** Relative depth to a picture that can be looked at. */

import type { Size, Tensor } from '../task.ts'
import { bicubic, type Plane } from './interpolate.ts'

/** Depth as the model saw it (`[1, height, width]`, or with one channel), enlarged to the picture. */
export function depthAt(predicted: Tensor<'float32'>, size: Size): Plane {
  const [height, width] = predicted.dims.slice(-2)
  return bicubic({ width: width ?? 0, height: height ?? 0, data: predicted.data }, size)
}

/** A byte for each pixel: 0 for the smallest value, 255 for the largest, cut to whole numbers. A flat map is black. */
export function depthToBytes({ data }: Plane): Uint8Array {
  let [min, max] = [Infinity, -Infinity]
  for (const value of data) {
    if (value < min) min = value
    if (value > max) max = value
  }
  const range = max - min
  const bytes = new Uint8Array(data.length)
  if (!(range > 0)) return bytes
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Math.fround(Math.fround(((data[i] ?? 0) - min) / range) * 255)
  }
  return bytes
}
