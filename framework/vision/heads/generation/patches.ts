/**
 * Pix2Struct's way of seeing: the picture is normalised by its own mean and deviation, resized so that as many square
 * patches as allowed fit with little change of shape, and each patch goes in with its row and column, counted from 1.
 */

import type { Pixels } from '#core/media.ts'
import { resizeFloats } from '#vision/processors/torch-resize.ts'
import { type Feeds, type Json, type Size, tensor } from '#vision/task.ts'

interface PatchSettings {
  readonly patch: Size
  /** Places for patches; those left over stay empty and are masked. */
  readonly most: number
  readonly normalizes: boolean
}

/** @param config - `preprocessor_config.json` of a Pix2Struct model. */
export function patchSettings(config: Json): PatchSettings {
  const { patch_size, max_patches, do_normalize } = config
  const patch = (patch_size ?? { height: 16, width: 16 }) as Size
  return { patch, most: (max_patches as number | undefined) ?? 2048, normalizes: do_normalize !== false }
}

/** `flattened_patches` `[1, places, 2 + values]` and the `attention_mask` of those that hold something. */
export function flattenedPatches(picture: Pixels, { patch, most, normalizes }: PatchSettings): Feeds {
  const { rows, columns } = gridOf(picture, patch, most)
  const size = { width: columns * patch.width, height: rows * patch.height }
  const planes = planesOf(picture, normalizes).map((data) => {
    const plane = { width: picture.width, height: picture.height, data }
    return resizeFloats(plane, size, BILINEAR, true).data
  })
  const length = 2 + planes.length * patch.width * patch.height
  const data = new Float32Array(most * length)
  const mask = new BigInt64Array(most)
  let out = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      mask[row * columns + column] = 1n
      data[out++] = row + 1
      data[out++] = column + 1
      for (let y = row * patch.height; y < (row + 1) * patch.height; y++) {
        for (let x = column * patch.width; x < (column + 1) * patch.width; x++)
          for (const plane of planes) data[out++] = plane[y * size.width + x] as number
      }
    }
  }
  return {
    flattened_patches: tensor('float32', data, [1, most, length]),
    attention_mask: tensor('int64', mask, [1, most]),
  }
}

/** Pillow's number of the filter. */
const BILINEAR = 2

function gridOf(picture: Size, patch: Size, most: number): { rows: number; columns: number } {
  const scale = Math.sqrt(most * (patch.height / picture.height) * (patch.width / picture.width))
  const fitting = (side: number, step: number) => Math.max(1, Math.min(most, Math.trunc((scale * side) / step)))
  return { rows: fitting(picture.height, patch.height), columns: fitting(picture.width, patch.width) }
}

/** The picture's channels one after another. */
function planesOf({ width, height, channels, data }: Pixels, normalizes: boolean): Float32Array[] {
  const count = width * height
  const colours = 3
  let [mean, deviation] = [0, 1]
  if (normalizes) {
    const sum = (of: (value: number) => number) => {
      let total = 0
      for (let i = 0; i < count; i++) for (let c = 0; c < colours; c++) total += of(data[i * channels + c] as number)
      return total
    }
    const values = count * colours
    mean = Math.fround(sum((value) => value) / values)
    deviation = Math.max(Math.fround(Math.sqrt(sum((value) => (value - mean) ** 2) / values)), 1 / Math.sqrt(values))
  }
  return Array.from({ length: colours }, (_, c) =>
    Float32Array.from({ length: count }, (_, i) => ((data[i * channels + c] as number) - mean) / deviation),
  )
}
