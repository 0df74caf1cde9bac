import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import type { Json } from '../task.ts'
import { imageProcessorOf } from './open.ts'

const flat: Pixels = { width: 20, height: 10, channels: 3, data: new Uint8Array(600).fill(255) }
const made = async (json: Json, medium: 'image' | 'video' = 'image') => {
  const processor = await imageProcessorOf(json, medium)
  return [processor.kind, processor.process(flat).pixel_values.dims.join()]
}

test('a processor is made of whichever file of a model is at hand', async () => {
  const vit = { image_processor_type: 'ViTImageProcessor', size: 8 }
  const videomae = { video_processor_type: 'VideoMAEVideoProcessor', size: 8, crop_size: 8 }
  assert.deepEqual(await made(vit), ['ViT', '1,3,8,8'])
  assert.deepEqual(await made({ processor_class: 'X', image_processor: vit, video_processor: videomae }), [
    'ViT',
    '1,3,8,8',
  ])
  assert.deepEqual(await made({ image_processor: vit, video_processor: videomae }, 'video'), [
    'VideoMAEVideo',
    '1,3,8,8',
  ])
  const cfg = { input_size: [3, 16, 16] }
  assert.deepEqual(await made({ architecture: 'resnet18', pretrained_cfg: cfg }), ['Timm', '1,3,16,16'])
  assert.deepEqual(await made({ image_processor_type: 'TimmWrapperImageProcessor', data_config: cfg }), [
    'Timm',
    '1,3,16,16',
  ])
})

test('Jina CLIP’s settings under their own names are those of an evaluation transform', async () => {
  const jina = {
    image_processor_type: 'JinaCLIPImageProcessor',
    interpolation: 'bicubic',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  }
  assert.deepEqual(await made({ ...jina, size: 8, resize_mode: 'shortest' }), ['Timm', '1,3,8,8'])
  const { config } = await imageProcessorOf({ ...jina, size: 8, resize_mode: 'shortest' })
  assert.deepEqual([config.mean, config.crop_pct, config.crop_mode], [[0, 0, 0], 1, 'center'])
  await assert.rejects(async () => made({ ...jina, size: 8, resize_mode: 'longest' }), /resize_mode: expected shortest/)
})
