/** Classes that rescale first and resize numbers, as torchvision does: Depth Pro, DINOv3, RF-DETR, PaddleOCR. */

import type { Pixels } from '#core/media.ts'
import type { Plane } from '../heads/interpolate.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import type { Recipe } from './recipes.ts'
import { boxOf } from './size-rules.ts'
import { resizeBytes, resizeFloats } from './torch-resize.ts'

const f32 = Math.fround

/** Three planes one after the other, and their size. */
export function processFloats(
  recipe: Recipe,
  picture: Pixels,
  settings: Settings,
): { data: Float32Array; size: Size; resized: Size } {
  const resized = settings.do_resize ? recipe.size(picture, settings) : { width: picture.width, height: picture.height }
  const size = recipe.crops && settings.do_center_crop ? boxOf(settings.crop_size) : resized
  const data = new Float32Array(3 * size.width * size.height)
  const antialias = recipe.resizing === 'floats'
  const factor = settings.do_rescale ? settings.rescale_factor : 1
  const areBytes = recipe.keepsBytes && !settings.do_rescale
  const bytes = areBytes ? resizeBytes(picture, resized, settings.resample, antialias) : picture
  for (let channel = 0; channel < 3; channel++) {
    const plane = resizeFloats(planeOf(bytes, channel, factor), resized, settings.resample, antialias)
    const place = settings.do_flip_channel_order ? 2 - channel : channel
    write(crop(plane, size), channel, data.subarray(place * size.width * size.height), settings)
  }
  return { data, size, resized }
}

function planeOf({ width, height, channels, data }: Pixels, channel: number, factor: number): Plane {
  const table = Float32Array.from({ length: 256 }, (_, value) => value * f32(factor))
  const plane = new Float32Array(width * height)
  for (let i = 0; i < plane.length; i++) plane[i] = table[data[i * channels + channel] as number] as number
  return { width, height, data: plane }
}

/** The middle, on zeros where the plane is smaller; torchvision's rounding. */
function crop(plane: Plane, size: Size): Plane {
  if (plane.width === size.width && plane.height === size.height) return plane
  const offset = (have: number, want: number) => Math.floor(Math.abs(have - want) / 2) * (have < want ? 1 : -1)
  const left = offset(plane.width, size.width)
  const top = offset(plane.height, size.height)
  const data = new Float32Array(size.width * size.height)
  for (let y = Math.max(0, top); y < Math.min(size.height, top + plane.height); y++) {
    for (let x = Math.max(0, left); x < Math.min(size.width, left + plane.width); x++)
      data[y * size.width + x] = plane.data[(y - top) * plane.width + x - left] as number
  }
  return { ...size, data }
}

function write({ data }: Plane, channel: number, out: Float32Array, settings: Settings): void {
  const of = (list: readonly number[], otherwise: number) =>
    f32(settings.do_normalize ? (list[channel] ?? list[0] ?? otherwise) : otherwise)
  const mean = of(settings.image_mean, 0)
  const std = of(settings.image_std, 1)
  for (let i = 0; i < data.length; i++) out[i] = f32((data[i] as number) - mean) / std
}
