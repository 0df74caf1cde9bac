/** From the files of a model to the settings of its image processor, through every shape that the Hub has seen. */

import type { Json, Model } from '../task.ts'
import { checkSettings, checkTypes } from './check.ts'
import { DEFAULTS, GENERIC, type Settings, type SizeSetting } from './defaults.ts'
import { KIND_OF_MODEL } from './model-kinds.ts'
import { isDetr, isMaskFormer, isUnknown, readSpellings } from './spellings.ts'

export interface ProcessorConfig {
  /** `ViT`, `Detr`, …; `Generic` where the class is unknown. */
  readonly kind: string
  readonly settings: Settings
  /** As it stands in the file. */
  readonly raw: Json
}

/** What is to be prepared: some repositories say it of videos in a file of their own. */
export type Medium = 'image' | 'video'

/** Transformers 5 saves the processor of a model with text as one nested file, and believes it before the others. */
export async function readProcessorJson(model: Pick<Model, 'json'>, medium: Medium = 'image'): Promise<Json | null> {
  const nested = (await model.json('processor_config.json')) ?? {}
  const of = (...names: readonly string[]) => names.map((name) => nested[name]).find(isRecord) ?? null
  const flat = async (...files: readonly string[]) => {
    for (const file of files) {
      const found = await model.json(file)
      if (found) return found
    }
    return null
  }
  const [own, general] = ['video_preprocessor_config.json', 'preprocessor_config.json']
  if (medium === 'video') return of('video_processor') ?? (await flat(own, general)) ?? of('image_processor')
  return of('image_processor') ?? (await flat(general)) ?? of('video_processor', 'feature_extractor') ?? flat(own)
}

/**
 * @param modelType - of `config.json`; names the class where the processor's own file does not.
 * @throws SpaceError `invalid-value` where a setting cannot be
 */
export function processorConfig(raw: Json, modelType?: unknown): ProcessorConfig {
  const kind = kindOf(raw, modelType)
  const defaults: Settings = { ...GENERIC, ...DEFAULTS[kind] }
  const given = readSpellings(raw, kind)
  checkTypes(given)
  const settings = { ...defaults, ...given } as Settings
  const unknown = isUnknown(kind)
  const complete: Settings = {
    ...settings,
    size: sizeOf(given.size, given.max_size, kind, settings) ?? (unknown ? {} : defaults.size),
    crop_size: cropOf(given.crop_size) ?? defaults.crop_size,
    pad_size: given.pad_size === null ? null : (cropOf(given.pad_size) ?? defaults.pad_size),
    image_mean: channels(settings.image_mean),
    image_std: channels(settings.image_std),
    ...(unknown ? saidOf(given) : {}),
  }
  checkSettings(kind, complete)
  return { kind: unknown ? 'Generic' : kind, raw, settings: complete }
}

/** A class nobody knows resizes when it says to what, and normalises when it says with what. */
const saidOf = ({ do_resize, size, size_divisor, do_normalize, image_mean }: Json): Partial<Settings> => ({
  do_resize: do_resize === undefined ? size !== undefined || size_divisor !== undefined : Boolean(do_resize),
  do_normalize: do_normalize === undefined ? image_mean !== undefined : Boolean(do_normalize),
})

/** One number stands for all channels. */
const channels = (values: readonly number[]): readonly number[] =>
  typeof values === 'number' ? [values, values, values] : values

/**
 * `ViTFeatureExtractor`, `ViTImageProcessor`, `ViTImageProcessorFast` and `ViTImageProcessorPil` are one class;
 * `VivitVideoProcessor` is another than `VivitImageProcessor`, `VivitVideo`.
 */
function kindOf(raw: Json, modelType: unknown): string {
  const name = raw.image_processor_type ?? raw.video_processor_type ?? raw.feature_extractor_type
  if (typeof name === 'string')
    return name.replace(/(ImageProcessor(Fast|Pil)?|(?<=Video)Processor|FeatureExtractor)$/, '')
  return (typeof modelType === 'string' && KIND_OF_MODEL[modelType]) || 'Generic'
}

const withoutNull = (record: Json): Json =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined))

/** An old file says `size: 224`, which is a square for some classes and the shorter side for others. */
function sizeOf(size: unknown, maxSize: unknown, kind: string, settings: Settings): SizeSetting | null {
  if (typeof size === 'number') {
    if (kind === 'Sam') return { longest_edge: size }
    if (settings.default_to_square) return { height: size, width: size }
    const longest = limitOf(kind, maxSize)
    return longest === undefined ? { shortest_edge: size } : { shortest_edge: size, longest_edge: longest }
  }
  // Donut's old files give width and height, in this order.
  if (Array.isArray(size)) return sidesOf(kind === 'Donut' ? [...size].reverse() : size)
  if (isRecord(size)) return withoutNull(size) as SizeSetting
  return typeof maxSize === 'number' && isMaskFormer(kind) ? { ...settings.size, longest_edge: maxSize } : null
}

/** Of the longer side, where an old file gives the shorter one as a number. */
function limitOf(kind: string, maxSize: unknown): number | undefined {
  if (isDetr(kind)) return typeof maxSize === 'number' ? maxSize : 1333
  return typeof maxSize === 'number' && (isMaskFormer(kind) || isUnknown(kind)) ? maxSize : undefined
}

const sidesOf = ([height, width]: readonly unknown[]): SizeSetting => ({ height: Number(height), width: Number(width) })

function cropOf(size: unknown): SizeSetting | null {
  if (typeof size === 'number') return { height: size, width: size }
  if (Array.isArray(size)) return sidesOf(size)
  if (!isRecord(size)) return null
  const edge = size.shortest_edge
  return typeof edge === 'number' ? { height: edge, width: edge } : (withoutNull(size) as SizeSetting)
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
