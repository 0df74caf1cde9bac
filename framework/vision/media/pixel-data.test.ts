import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openImage, readRgb } from './open-image.ts'

const rgb = Uint8ClampedArray.of(10, 20, 30, 40, 50, 60)

test('pixels of another library are a picture', async () => {
  class RawImage {
    data = rgb
    width = 2
    height = 1
    channels = 3 as const
  }
  const image = await openImage(new RawImage())
  assert.deepEqual([image.width, image.height], [2, 1])
  assert.deepEqual([...(await image.rgb()).data], [...rgb])
  assert.deepEqual([...(await readRgb(new RawImage())).data], [...rgb])
})

test('a canvas’s pixels and a mask say by their number of bytes how many channels they have', async () => {
  const canvas = { data: Uint8ClampedArray.of(1, 2, 3, 4), width: 1, height: 1 }
  assert.deepEqual([...(await readRgb(canvas)).data], [1, 2, 3])
  const mask = { data: Uint8Array.of(0, 255), width: 2, height: 1 }
  assert.deepEqual([...(await readRgb(mask)).data], [0, 0, 0, 255, 255, 255])
})

test('grey with alpha keeps both', async () => {
  const image = await openImage({ data: Uint8Array.of(7, 128), width: 1, height: 1, channels: 2 })
  assert.deepEqual([...(await image.pixels()).data], [7, 7, 7, 128])
})

test('pixels that are not as many as their sides say are refused', async () => {
  await assert.rejects(openImage({ data: rgb, width: 2, height: 2, channels: 3 }), /expected 12 bytes/)
})
