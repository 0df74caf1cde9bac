/** The image processor of a model, out of whichever file describes it. */

import { SpaceError } from '#core/errors.ts'
import type { ImageProcessor, Json, Model } from '../task.ts'
import { type Medium, processorConfig, readProcessorJson } from './config.ts'
import { createImageProcessor } from './processor.ts'
import { createTimmProcessor } from './timm.ts'

/** @throws SpaceError `model-file-missing` where nothing says how pictures are to be prepared. */
export async function openImageProcessor(model: Model, medium: Medium = 'image'): Promise<ImageProcessor> {
  const raw = await readProcessorJson(model, medium)
  if (raw) return createImageProcessor(processorConfig(raw, model.config.model_type))
  const { pretrained_cfg } = model.config
  if (typeof pretrained_cfg === 'object' && pretrained_cfg !== null) return createTimmProcessor(pretrained_cfg as Json)
  throw new SpaceError('model-file-missing', { model: model.id, file: 'preprocessor_config.json' })
}
