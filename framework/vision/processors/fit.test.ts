import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import type { Json, Port } from '../task.ts'
import { processorConfig } from './config.ts'
import { fitProcessor } from './fit.ts'
import { createImageProcessor } from './processor.ts'

const processor = (raw: Json) => createImageProcessor(processorConfig(raw))
const port = (type: string, ...dims: (string | number)[]): Port => ({ name: 'pixel_values', type, dims })
const flat = (width: number, height: number): Pixels => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(3 * width * height).fill(51),
})

test('a graph of free sizes has its processor as it is', () => {
  const vit = processor({ image_processor_type: 'ViTImageProcessor' })
  assert.equal(fitProcessor(vit, port('float32', 'n', 3, 'h', 'w')), vit)
  assert.equal(fitProcessor(vit, port('float32', 1, 3, 224, 224)), vit)
  assert.equal(fitProcessor(vit, undefined), vit)
})

test('a graph of one size takes the pictures that fit as they are, and others squashed', () => {
  const detr = processor({
    image_processor_type: 'DetrImageProcessor',
    size: { shortest_edge: 20, longest_edge: 40 },
  })
  const fitted = fitProcessor(detr, port('float32', 1, 3, 20, 30))
  assert.deepEqual(fitted.process(flat(60, 40)), detr.process(flat(60, 40)))
  assert.deepEqual(fitted.process(flat(40, 60)).pixel_values.dims, [1, 3, 20, 30])
})

test('a graph of bytes is given what it scales itself', () => {
  const vit = processor({ image_processor_type: 'ViTImageProcessor', size: { height: 4, width: 4 } })
  const { data } = fitProcessor(vit, port('uint8', 1, 4, 4, 3)).process(flat(8, 8)).pixel_values
  assert.ok(data.every((value) => value === 51))
})
