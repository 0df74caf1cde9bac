/** The image processor of a model, out of whichever file describes it. */

import { SpaceError } from '#core/errors.ts'
import type { ImageProcessor, Json, Model } from '../task.ts'
import { type Medium, processorConfig, readProcessorJson } from './config.ts'
import { createImageProcessor } from './processor.ts'
import { createTimmProcessor } from './timm.ts'

/** @throws SpaceError `model-file-missing` where nothing says how pictures are to be prepared. */
export async function openImageProcessor(model: Model, medium: Medium = 'image'): Promise<ImageProcessor> {
  const raw = await readProcessorJson(model, medium)
  const timm = timmSettings(raw, model.config)
  if (timm) return createTimmProcessor(timm)
  if (raw) return createImageProcessor(processorConfig(raw, model.config.model_type))
  throw new SpaceError('model-file-missing', { model: model.id, file: 'preprocessor_config.json' })
}

/** timm's models are described by their `config.json`, old ones with everything at its top. */
function timmSettings(raw: Json | null, config: Json): Json | null {
  if (raw && !String(raw.image_processor_type).startsWith('TimmWrapper')) return null
  const nested = [raw?.pretrained_cfg, config.pretrained_cfg, raw?.data_config].find(isRecord)
  if (nested) return nested
  return typeof config.architecture === 'string' && config.input_size ? config : null
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
