import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import { CallOptions } from '../arguments.ts'
import { createImage } from '../media/open-image.ts'
import { createContext } from '../runtime/context.ts'
import { type ImageProcessor, type Json, type Model, type Session, tensor } from '../task.ts'
import { frameIndices, readClip, readClipOptions } from './clip.ts'

test('frames are spread over the whole clip', () => {
  assert.deepEqual(frameIndices(10, { frames: 4, sampling: 'uniform', rate: 1 }), [0, 2, 5, 7])
  assert.deepEqual(frameIndices(4, { frames: 4, sampling: 'uniform', rate: 1 }), [0, 1, 2, 3])
})

test('a clip with fewer frames than the model sees shows some twice', () => {
  assert.deepEqual(frameIndices(3, { frames: 6, sampling: 'uniform', rate: 1 }), [0, 0, 1, 1, 2, 2])
  assert.deepEqual(frameIndices(3, { frames: 4, sampling: 'first', rate: 1 }), [0, 1, 2, 2])
})

test('the beginning is taken at the rate asked', () => {
  assert.deepEqual(frameIndices(10, { frames: 4, sampling: 'first', rate: 2 }), [0, 2, 4, 7])
  assert.deepEqual(frameIndices(10, { frames: 1, sampling: 'first', rate: 2 }), [0])
})

/** A graph whose clip has this many frames, or as many as one likes. */
const graphOf = (frames: number | string) =>
  ({ inputs: [{ name: 'pixel_values', type: 'float32', dims: ['batch', frames, 3, 8, 8] }] }) as unknown as Session
const modelOf = (config: Json) => ({ config }) as Model
const optionsFor = (frames: number | string, config: Json, given?: Json) =>
  readClipOptions(new CallOptions(given), graphOf(frames), modelOf(config))

test('the graph says how many frames, else the configuration, else it is sixteen', () => {
  assert.equal(optionsFor(8, { num_frames: 32 }).frames, 8)
  assert.equal(optionsFor('frames', { num_frames: 32 }).frames, 32)
  assert.equal(optionsFor('frames', { frames_per_clip: 64 }).frames, 64)
  assert.equal(optionsFor('frames', { vision_config: { num_frames: 4 } }).frames, 4)
  assert.equal(optionsFor('frames', {}).frames, 16)
  assert.equal(optionsFor('frames', { num_frames: 32 }, { num_frames: 5 }).frames, 5)
  assert.throws(() => optionsFor(8, {}, { num_frames: 4 }), {
    message: /num_frames: expected 8, which the model’s graph/,
  })
})

test('frames are prepared one by one, each once, and must become one size', async () => {
  const made: number[] = []
  const processor = {
    process({ width }: Pixels) {
      made.push(width)
      return { pixel_values: tensor('float32', new Float32Array(3 * width).fill(width), [1, 3, 1, width]) }
    },
  } as unknown as ImageProcessor
  const context = createContext(new AbortController().signal, () => {})
  const frame = (width: number, level = 0) =>
    createImage({ width, height: 1, channels: 3, data: new Uint8Array(3 * width).fill(level) })
  const options = { frames: 4, sampling: 'uniform', rate: 1 } as const
  const clip = await readClip([frame(2), frame(2)], options, processor, context)
  assert.deepEqual(
    [clip.dims, made],
    [
      [1, 4, 3, 1, 2],
      [2, 2],
    ],
  )
  await assert.rejects(readClip([frame(2), frame(3)], options, processor, context), {
    message: /video\[2\]: expected a frame that becomes 2 x 1, as the first, got “3 x 1”/,
  })
  await assert.rejects(readClip([], options, processor, context), { message: /video: expected at least one frame/ })
})
