import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import type { Json } from '../task.ts'
import { processorConfig, readProcessorJson } from './config.ts'
import { createImageProcessor } from './processor.ts'

const modelOf = (files: Readonly<Record<string, Json>>) => ({ json: async (file: string) => files[file] ?? null })
const image = { image_processor_type: 'CLIPImageProcessor' }
const video = { video_processor_type: 'VideoMAEVideoProcessor' }

test('what a repository says of videos counts for videos, and what it says of pictures for pictures', async () => {
  const apart = modelOf({ 'preprocessor_config.json': image, 'video_preprocessor_config.json': video })
  assert.equal(await readProcessorJson(apart), image)
  assert.equal(await readProcessorJson(apart, 'video'), video)
  const nested = modelOf({ 'processor_config.json': { image_processor: image, video_processor: video } })
  assert.equal(await readProcessorJson(nested), image)
  assert.equal(await readProcessorJson(nested, 'video'), video)
})

test('the nested file of Transformers 5 is believed before the others', async () => {
  const older = { image_processor_type: 'ViTImageProcessor' }
  const both = { 'processor_config.json': { image_processor: image }, 'preprocessor_config.json': older }
  assert.equal(await readProcessorJson(modelOf(both)), image)
  const unnested = { ...both, 'processor_config.json': { processor_class: 'CLIPProcessor' } }
  assert.equal(await readProcessorJson(modelOf(unnested)), older)
})

test('where only one is described, it counts for both', async () => {
  assert.equal(await readProcessorJson(modelOf({ 'video_preprocessor_config.json': video })), video)
  assert.equal(await readProcessorJson(modelOf({ 'preprocessor_config.json': image }), 'video'), image)
  assert.equal(await readProcessorJson(modelOf({ 'processor_config.json': { processor_class: 'X' } }), 'video'), null)
})

test('V-JEPA 2 resizes to what its crop wants, whatever it says of the size', () => {
  const raw = {
    video_processor_type: 'VJEPA2VideoProcessor',
    crop_size: { height: 56, width: 56 },
    size: { shortest_edge: 9 },
  }
  const config = processorConfig(raw)
  assert.deepEqual([config.kind, config.settings.image_mean], ['VJEPA2Video', [0.485, 0.456, 0.406]])
  const frame: Pixels = { width: 200, height: 100, channels: 3, data: new Uint8Array(60_000) }
  const { pixel_values, resizedSizes } = createImageProcessor(config).process([frame, frame])
  assert.deepEqual(pixel_values.dims, [2, 3, 56, 56])
  assert.deepEqual(resizedSizes[0], { width: 128, height: 64 })
})
