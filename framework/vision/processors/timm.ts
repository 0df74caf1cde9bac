/** timm's evaluation transform, from `pretrained_cfg`: resize by `crop_pct`, crop, normalise. */

import type { Pixels } from '#core/media.ts'
import { toRgb } from '../media/image.ts'
import { roundHalfEven } from '../rounding.ts'
import { type ImageProcessor, type Json, type Size, tensor } from '../task.ts'
import type { FilterName } from './filters.ts'
import { place } from './geometry.ts'
import { createScaler } from './planes.ts'
import { resize } from './resize.ts'
import { shortestEdge } from './sizes.ts'

interface TimmConfig {
  readonly input_size: readonly [number, number, number]
  readonly interpolation: FilterName
  readonly crop_pct: number
  readonly crop_mode: 'center' | 'squash' | 'border'
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

const DEFAULTS: TimmConfig = {
  input_size: [3, 224, 224],
  interpolation: 'bicubic',
  crop_pct: 0.875,
  crop_mode: 'center',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
}

export function createTimmProcessor(raw: Json): ImageProcessor {
  const config = { ...DEFAULTS, ...raw } as TimmConfig
  const [, height, width] = config.input_size
  const { mean, std } = config
  const scaler = createScaler({ factor: 1 / 255, offset: 0, mean, std, stdTwice: false }, false)
  return {
    kind: 'Timm',
    config: { ...config },
    reads: () => null,
    process(pictures) {
      const list = (Array.isArray(pictures) ? pictures : [pictures]) as readonly Pixels[]
      const plane = width * height
      const values = new Float32Array(list.length * 3 * plane)
      const resizedSizes = list.map((picture, index) => {
        const rgb = toRgb(picture)
        const size = resizedSize(rgb, config)
        const resized = resize(rgb, size.width, size.height, config.interpolation)
        scaler.write(cropOrPad(resized, config), values, index * 3 * plane, width, plane)
        return size
      })
      return {
        pixel_values: tensor('float32', values, [list.length, 3, height, width]),
        originalSizes: list.map(({ width, height }) => ({ width, height })),
        resizedSizes,
      }
    },
  }
}

function resizedSize(from: Size, { input_size, crop_pct, crop_mode }: TimmConfig): Size {
  const height = Math.floor(input_size[1] / crop_pct)
  const width = Math.floor(input_size[2] / crop_pct)
  if (crop_mode === 'squash') return { width, height }
  if (crop_mode === 'center' && width === height) return shortestEdge(from, width)
  const ratios = [from.width / width, from.height / height]
  const ratio = crop_mode === 'border' ? Math.max(...ratios) : Math.min(...ratios)
  return { width: roundHalfEven(from.width / ratio), height: roundHalfEven(from.height / ratio) }
}

/** What `border` leaves empty has the mean colour; the other modes pad with black, and only pictures too small. */
function cropOrPad(from: Pixels, { input_size, crop_mode, mean }: TimmConfig): Pixels {
  const [, height, width] = input_size
  const fill = crop_mode === 'border' ? mean.map((value) => roundHalfEven(value * 255)) : 0
  const along = (have: number, want: number) =>
    want > have ? Math.floor((want - have) / 2) : -roundHalfEven((have - want) / 2)
  return place(from, width, height, along(from.width, width), along(from.height, height), fill)
}
