/** Pictures as rows of numbers, one for each patch: SigLIP 2 (NaFlex) and Pix2Struct. */

import type { Pixels } from '#core/media.ts'
import { type Processed, type Size, type Tensor, tensor } from '../task.ts'
import type { Settings } from './defaults.ts'
import { createScaler, type Scaling } from './planes.ts'
import { RESAMPLE, resize } from './resize.ts'
import { boxOf, naflexSize } from './size-rules.ts'
import { resizeFloats } from './torch-resize.ts'

/**
 * SigLIP 2: the picture in as many patches as there may be, and rows of zeros up to that number.
 * @returns `pixel_values` `[count, patches, patch * patch * 3]`, `pixel_attention_mask` `[count, patches]` with 1 for each
 * patch of the picture, `spatial_shapes` `[count, 2]`: rows and columns of patches
 */
export function processNaflex(
  pictures: readonly Pixels[],
  settings: Settings,
  scaling: Scaling,
): Pick<Processed, 'pixel_values' | 'extra' | 'resizedSizes'> {
  const { max_num_patches: most } = settings
  const patch = patchOf(settings)
  const length = 3 * patch.width * patch.height
  const values = new Float32Array(pictures.length * most * length)
  const mask = new BigInt64Array(pictures.length * most)
  const shapes = new BigInt64Array(pictures.length * 2)
  const scaler = createScaler(scaling, false)
  const resizedSizes = pictures.map((picture, index) => {
    const size = settings.do_resize ? naflexSize(picture, settings) : { width: picture.width, height: picture.height }
    const pixels = resize(picture, size.width, size.height, RESAMPLE[settings.resample] ?? 'bilinear')
    const plane = size.width * size.height
    const planes = new Float32Array(3 * plane)
    scaler.write(pixels, planes, 0, size.width, plane)
    const [rows, columns] = [Math.floor(size.height / patch.height), Math.floor(size.width / patch.width)]
    values.set(patchRows(planes, size, patch).subarray(0, most * length), index * most * length)
    mask.fill(1n, index * most, index * most + Math.min(most, rows * columns))
    shapes.set([BigInt(rows), BigInt(columns)], index * 2)
    return size
  })
  return {
    pixel_values: tensor('float32', values, [pictures.length, most, length]),
    extra: {
      pixel_attention_mask: tensor('int64', mask, [pictures.length, most]),
      spatial_shapes: tensor('int64', shapes, [pictures.length, 2]),
    },
    resizedSizes,
  }
}

/**
 * Pix2Struct: each picture normalised by its own mean and deviation; every row begins with the patch's row and column,
 * counted from 1.
 * @returns `flattened_patches` `[count, max_patches, 2 + patch * patch * 3]` (as `pixel_values` too) and `attention_mask`
 */
export function processFlattened(
  pictures: readonly Pixels[],
  settings: Settings,
): Pick<Processed, 'pixel_values' | 'extra' | 'resizedSizes'> {
  const { max_patches: most } = settings
  const patch = patchOf(settings)
  const length = 2 + 3 * patch.width * patch.height
  const values = new Float32Array(pictures.length * most * length)
  const mask = new Float32Array(pictures.length * most)
  const resizedSizes = pictures.map((picture, index) => {
    const size = flattenedSize(picture, patch, most)
    const rows = patchRows(resizedPlanes(picture, size, settings.do_normalize), size, patch)
    const columns = size.width / patch.width
    const start = index * most
    for (let row = 0; row * (length - 2) < rows.length; row++) {
      const at = (start + row) * length
      values[at] = Math.floor(row / columns) + 1
      values[at + 1] = (row % columns) + 1
      values.set(rows.subarray(row * (length - 2), (row + 1) * (length - 2)), at + 2)
      mask[start + row] = 1
    }
    return size
  })
  const flattened_patches: Tensor<'float32'> = tensor('float32', values, [pictures.length, most, length])
  const attention_mask = tensor('float32', mask, [pictures.length, most])
  return { pixel_values: flattened_patches, extra: { flattened_patches, attention_mask }, resizedSizes }
}

function patchOf({ patch_size }: Settings): Size {
  return typeof patch_size === 'number' ? { width: patch_size, height: patch_size } : boxOf(patch_size)
}

/** As many whole patches as there may be, in about the picture's aspect ratio. */
function flattenedSize({ width, height }: Size, patch: Size, most: number): Size {
  const scale = Math.sqrt(most * (patch.height / height) * (patch.width / width))
  const count = (length: number, side: number) => Math.max(1, Math.min(most, Math.trunc((scale * length) / side)))
  return { width: count(width, patch.width) * patch.width, height: count(height, patch.height) * patch.height }
}

function resizedPlanes({ width, height, data }: Pixels, to: Size, normalises: boolean): Float32Array {
  const { mean, deviation } = normalises ? spread(data) : { mean: 0, deviation: 1 }
  const out = new Float32Array(3 * to.width * to.height)
  for (let channel = 0; channel < 3; channel++) {
    const plane = new Float32Array(width * height)
    for (let i = 0; i < plane.length; i++) plane[i] = Math.fround((data[3 * i + channel] as number) - mean) / deviation
    out.set(resizeFloats({ width, height, data: plane }, to, 2, true).data, channel * to.width * to.height)
  }
  return out
}

/** Mean and standard deviation of all values, the latter no smaller than that of one step in all of them. */
function spread(data: Uint8Array): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0]
  for (const value of data) {
    sum += value
    squares += value * value
  }
  const mean = sum / data.length
  const deviation = Math.sqrt(Math.max(0, squares / data.length - mean * mean))
  return { mean: Math.fround(mean), deviation: Math.fround(Math.max(deviation, 1 / Math.sqrt(data.length))) }
}

/** Patches from left to right and top to bottom; in each, pixels likewise, with their channels together. */
function patchRows(planes: Float32Array, { width, height }: Size, patch: Size): Float32Array {
  const columns = Math.floor(width / patch.width)
  const rows = Math.floor(height / patch.height)
  const out = new Float32Array(rows * columns * patch.width * patch.height * 3)
  let at = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let y = row * patch.height; y < (row + 1) * patch.height; y++) {
        for (let x = column * patch.width; x < (column + 1) * patch.width; x++) {
          for (let channel = 0; channel < 3; channel++) out[at++] = planes[(channel * height + y) * width + x] as number
        }
      }
    }
  }
  return out
}
