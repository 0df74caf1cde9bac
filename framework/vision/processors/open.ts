/** The image processor of a model, out of whichever file describes it. */

import { expected, SpaceError } from '#core/errors.ts'
import type { ImageProcessor, Json, Model } from '../task.ts'
import { type Medium, processorConfig, readProcessorJson } from './config.ts'
import { createImageProcessor } from './processor.ts'
import { createTimmProcessor } from './timm.ts'

/** @throws SpaceError `model-file-missing` where nothing says how pictures are to be prepared. */
export async function openImageProcessor(
  model: Pick<Model, 'id' | 'config' | 'json'>,
  medium: Medium = 'image',
): Promise<ImageProcessor> {
  const raw = await readProcessorJson(model, medium)
  const timm = timmSettings(raw, model.config)
  if (timm) return createTimmProcessor(timm)
  if (raw) return createImageProcessor(processorConfig(raw, model.config.model_type))
  throw new SpaceError('model-file-missing', { model: model.id, file: 'preprocessor_config.json' })
}

/** One of a configuration in hand, such as any of the files holds that describe processors. */
export function imageProcessorOf(json: Json, medium: Medium = 'image'): Promise<ImageProcessor> {
  const isNested = isRecord(json.image_processor) || isRecord(json.video_processor)
  const of = async (file: string) => (isNested === (file === 'processor_config.json') ? json : null)
  return openImageProcessor({ id: 'configuration', config: json, json: of }, medium)
}

/** timm's models are described by their `config.json`, old ones with everything at its top. */
function timmSettings(raw: Json | null, config: Json): Json | null {
  const type = raw && (raw.image_processor_type ?? raw.feature_extractor_type)
  if (type === 'JinaCLIPImageProcessor') return jinaClip(raw as Json)
  const isTimm = !raw || String(type).startsWith('TimmWrapper') || (!type && isRecord(raw.pretrained_cfg))
  if (!isTimm) return null
  const nested = [raw?.pretrained_cfg, config.pretrained_cfg, raw?.data_config].find(isRecord)
  if (nested) return nested
  return typeof config.architecture === 'string' && config.input_size ? config : null
}

/** Jina CLIP's processor is open_clip's transform, which is timm's with names of its own. */
function jinaClip({ size, resize_mode, ...raw }: Json): Json {
  if (resize_mode !== 'shortest' && resize_mode !== 'squash')
    throw expected('preprocessor_config.json: resize_mode', 'shortest or squash', resize_mode)
  const crop_mode = resize_mode === 'squash' ? 'squash' : 'center'
  return { ...raw, input_size: [3, size, size], crop_pct: 1, crop_mode }
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
