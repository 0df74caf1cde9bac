/** timm's evaluation transform, from `pretrained_cfg`: resize by `crop_pct`, crop, normalise. */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { toRgb } from '../media/image.ts'
import { roundHalfEven } from '../rounding.ts'
import { type ImageProcessor, type Json, type Size, tensor } from '../task.ts'
import type { FilterName } from './filters.ts'
import { place } from './geometry.ts'
import { createScaler } from './planes.ts'
import { RESAMPLE, resize } from './resize.ts'
import { bounded, shortestEdge } from './sizes.ts'

interface TimmConfig {
  readonly input_size: readonly [channels: number, height: number, width: number]
  readonly interpolation: FilterName
  readonly crop_pct: number
  readonly crop_mode: string
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

/**
 * @param raw - `pretrained_cfg`, or `data_config` as Transformers writes it; what is missing, null, zero or empty is timm's
 * @throws SpaceError `invalid-value` where a setting cannot be
 */
export function createTimmProcessor(raw: Json): ImageProcessor {
  const config = readTimm(raw)
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
        const size = bounded(resizedSize(rgb, config), rgb)
        const resized = resize(rgb, size.width, size.height, filterOf(config))
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

function readTimm(raw: Json): TimmConfig {
  const isGiven = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value))
  const given = Object.fromEntries(
    Object.keys(DEFAULTS).flatMap((key) => (isGiven(raw[key]) ? [[key, raw[key]] as const] : [])),
  )
  const config = { ...DEFAULTS, ...given } as TimmConfig
  const { input_size, crop_pct, interpolation, mean, std } = config
  const isSide = (value: unknown) => typeof value === 'number' && value >= 1
  if (!Array.isArray(input_size) || input_size.length !== 3 || !input_size.every(isSide))
    throw wrong('input_size', 'channels, height and width', input_size)
  if (!(typeof crop_pct === 'number' && crop_pct > 0)) throw wrong('crop_pct', 'a number above 0', crop_pct)
  if (!RESAMPLE.includes(interpolation)) throw wrong('interpolation', `one of ${RESAMPLE.join(', ')}`, interpolation)
  for (const [name, values] of Object.entries({ mean, std }))
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'number'))
      throw wrong(name, 'a number for each channel', values)
  return config
}

const wrong = (setting: string, wants: string, value: unknown) =>
  expected(`config.json: pretrained_cfg.${setting}`, wants, value, 'Correct it in the model’s config.json.')

const scaledSize = ({ input_size, crop_pct }: TimmConfig): Size => ({
  height: Math.floor(input_size[1] / crop_pct),
  width: Math.floor(input_size[2] / crop_pct),
})

function resizedSize(from: Size, config: TimmConfig): Size {
  const { crop_mode } = config
  const { width, height } = scaledSize(config)
  if (crop_mode === 'squash') return { width, height }
  if (crop_mode !== 'border' && width === height) return shortestEdge(from, width)
  const ratios = [from.width / width, from.height / height]
  const ratio = crop_mode === 'border' ? Math.max(...ratios) : Math.min(...ratios)
  return { width: roundHalfEven(from.width / ratio), height: roundHalfEven(from.height / ratio) }
}

/** Where height and width differ, timm's centre crop resizes bilinearly, whatever the configuration says. */
function filterOf(config: TimmConfig): FilterName {
  const { width, height } = scaledSize(config)
  const keepsRatio = config.crop_mode !== 'squash' && config.crop_mode !== 'border' && width !== height
  return keepsRatio ? 'bilinear' : config.interpolation
}

/** What `border` leaves empty has the mean colour; the other modes pad with black, and only pictures too small. */
function cropOrPad(from: Pixels, { input_size, crop_mode, mean }: TimmConfig): Pixels {
  const [, height, width] = input_size
  const fill = crop_mode === 'border' ? mean.map((value) => roundHalfEven(value * 255)) : 0
  const along = (have: number, want: number) =>
    want > have ? Math.floor((want - have) / 2) : -roundHalfEven((have - want) / 2)
  return place(from, width, height, along(from.width, width), along(from.height, height), fill)
}
