/** From the files of a model to the settings of its image processor, through every shape that the Hub has seen. */

import type { Json, Model } from '../task.ts'
import { checkSettings } from './check.ts'
import { DEFAULTS, GENERIC, KIND_OF_MODEL, type Settings, type SizeSetting } from './defaults.ts'

export interface ProcessorConfig {
  /** `ViT`, `Detr`, …; `Generic` where the class is unknown. */
  readonly kind: string
  readonly settings: Settings
  /** As it stands in the file. */
  readonly raw: Json
}

/** Transformers 5 saves the processor of a model with text as one nested file. */
export async function readProcessorJson(model: Pick<Model, 'json'>): Promise<Json | null> {
  const flat = await model.json('preprocessor_config.json')
  if (flat) return flat
  const nested = await model.json('processor_config.json')
  const inner = nested?.image_processor ?? nested?.video_processor ?? nested?.feature_extractor
  return isRecord(inner) ? inner : null
}

/**
 * @param modelType - of `config.json`; names the class where the processor's own file does not.
 * @throws SpaceError `invalid-value` where a setting cannot be
 */
export function processorConfig(raw: Json, modelType?: unknown): ProcessorConfig {
  const kind = kindOf(raw, modelType)
  const defaults: Settings = { ...GENERIC, ...DEFAULTS[kind] }
  const given = withoutNull(renamed(raw))
  const settings = { ...defaults, ...given } as Settings
  const unknown = !(kind in DEFAULTS)
  const read: Settings = {
    ...settings,
    size: sizeOf(given.size, given.max_size, kind, settings) ?? defaults.size,
    crop_size: cropOf(given.crop_size) ?? defaults.crop_size,
    pad_size: cropOf(given.pad_size) ?? defaults.pad_size,
    image_mean: channels(settings.image_mean),
    image_std: channels(settings.image_std),
    // A class nobody knows normalises when it says with what.
    ...(unknown && given.do_normalize === undefined ? { do_normalize: given.image_mean !== undefined } : {}),
  }
  checkSettings(read)
  return { kind: unknown ? 'Generic' : kind, raw, settings: read }
}

/** One number stands for all channels. */
const channels = (values: readonly number[]): readonly number[] =>
  typeof values === 'number' ? [values, values, values] : values

/** `ViTFeatureExtractor`, `ViTImageProcessor`, `ViTImageProcessorFast` and `ViTImageProcessorPil` are one class. */
function kindOf(raw: Json, modelType: unknown): string {
  const name = raw.image_processor_type ?? raw.video_processor_type ?? raw.feature_extractor_type
  if (typeof name === 'string') return name.replace(/(ImageProcessor(Fast|Pil)?|VideoProcessor|FeatureExtractor)$/, '')
  return (typeof modelType === 'string' && KIND_OF_MODEL[modelType]) || 'Generic'
}

const OLD_NAMES: Readonly<Record<string, string>> = {
  pad_and_return_pixel_mask: 'do_pad',
  size_divisibility: 'size_divisor',
  reduce_labels: 'do_reduce_labels',
  offset: 'rescale_offset',
}

function renamed(raw: Json): Json {
  const entries = Object.entries(raw).map(([key, value]) => [OLD_NAMES[key] ?? key, value] as const)
  const { pad_size, size_divisor } = raw
  // Swin2SR wrote its divisor under the name of another setting.
  if (typeof pad_size === 'number') entries.push(['size_divisor', size_divisor ?? pad_size], ['pad_size', null])
  return Object.fromEntries(entries)
}

const withoutNull = (record: Json): Json =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined))

/** An old file says `size: 224`, which is a square for some classes and the shorter side for others. */
function sizeOf(size: unknown, maxSize: unknown, kind: string, settings: Settings): SizeSetting | null {
  if (typeof size === 'number') {
    if (kind === 'Sam') return { longest_edge: size }
    if (settings.default_to_square) return { height: size, width: size }
    return typeof maxSize === 'number' ? { shortest_edge: size, longest_edge: maxSize } : { shortest_edge: size }
  }
  // Donut's old files give width and height, in this order.
  if (Array.isArray(size)) return { width: Number(size[0]), height: Number(size[1]) }
  return isRecord(size) ? (withoutNull(size) as SizeSetting) : null
}

function cropOf(size: unknown): SizeSetting | null {
  if (typeof size === 'number') return { height: size, width: size }
  if (!isRecord(size)) return null
  const edge = size.shortest_edge
  return typeof edge === 'number' ? { height: edge, width: edge } : (withoutNull(size) as SizeSetting)
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
