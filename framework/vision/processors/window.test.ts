import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import type { Pixels } from '#core/media.ts'
import { readRgb } from '../media/open-image.ts'
import { processorConfig } from './config.ts'
import { centerCrop } from './geometry.ts'
import { createImageProcessor } from './processor.ts'
import { resize } from './resize.ts'
import { centredWindow, resizeWindow, sourceOf } from './window.ts'

/** Linear congruential numbers: the same picture in every run. */
function noise(width: number, height: number): Pixels {
  let state = width * 31 + height
  const data = new Uint8Array(width * height * 3).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
  return { width, height, channels: 3, data }
}

for (const [from, to, side] of [
  [{ width: 301, height: 200 }, { width: 96, height: 64 }, 64],
  [{ width: 200, height: 301 }, { width: 63, height: 95 }, 56],
  [{ width: 40, height: 30 }, { width: 300, height: 225 }, 224],
] as const) {
  test(`the middle of ${from.width} x ${from.height} at ${to.width} x ${to.height} is what resizing all of it gives`, () => {
    const picture = noise(from.width, from.height)
    for (const filter of ['bilinear', 'bicubic', 'lanczos'] as const) {
      const window = centredWindow(to, { width: side, height: side }, filter)
      assert.ok(window)
      const whole = centerCrop(resize(picture, to.width, to.height, filter), side, side)
      assert.deepEqual(resizeWindow(picture, window), whole)
    }
  })
}

test('a picture that is not interpolated, or is smaller than the crop, is taken whole', () => {
  const size = { width: 300, height: 200 }
  const crop = { width: 64, height: 64 }
  const sources = [
    centredWindow({ width: 96, height: 64 }, crop, 'nearest'),
    centredWindow({ width: 300, height: 64 }, crop, 'bilinear'),
    centredWindow({ width: 96, height: 60 }, crop, 'bilinear'),
  ].map((window) => window && sourceOf(size, window))
  assert.deepEqual(sources, [null, null, null])
})

test('of a large photo that was turned, the part that a processor reads gives the same tensor as all of it', async () => {
  const { width, height, data } = noise(1300, 900)
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  const processor = createImageProcessor(
    processorConfig({ image_processor_type: 'CLIPImageProcessor', size: { shortest_edge: 224 }, crop_size: 224 }),
  )
  const [part, whole] = [await readRgb(jpeg, { reads: processor.reads }), await readRgb(jpeg)]
  assert.deepEqual([whole.width, whole.height], [900, 1300])
  assert.equal(part.width, 900)
  assert.ok(part.height < 1000, `${part.height} rows`)
  const [fromPart, fromWhole] = [processor.process(part), processor.process(whole)]
  assert.deepEqual(fromPart, fromWhole)
  assert.deepEqual(fromPart.originalSizes, [{ width: 900, height: 1300 }])
})
