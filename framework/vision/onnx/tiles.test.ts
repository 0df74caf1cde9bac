import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import { createContext } from '../runtime/context.ts'
import { type Tensor, tensor } from '../task.ts'
import { checkDeclaration } from './check.ts'
import { inTiles, spansOf } from './tiles.ts'

const port = { name: 'input', type: 'float32', dims: [1, 3, 16, 16] }
const noise: Pixels = {
  width: 41,
  height: 9,
  channels: 3,
  data: Uint8Array.from({ length: 41 * 9 * 3 }, (_, i) => (i * 7919) % 251),
}
const context = () => createContext(new AbortController().signal, () => {})

/** Twice as large, pixel by pixel. */
async function doubled({ data, dims }: Tensor<'float32'>): Promise<Tensor<'float32'>> {
  const [, channels = 1, height = 1, width = 1] = dims
  const made = new Float32Array(data.length * 4)
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height * 2; y++)
      for (let x = 0; x < width * 2; x++)
        made[(c * height * 2 + y) * width * 2 + x] = data[(c * height + (y >> 1)) * width + (x >> 1)] as number
  return tensor('float32', made, [1, channels, height * 2, width * 2])
}

test('tiles cover a side, each pixel once, and the last ends with it', () => {
  assert.deepEqual(spansOf(41, 16, 3), [
    { start: 0, from: 0, to: 13 },
    { start: 10, from: 13, to: 23 },
    { start: 20, from: 23, to: 30 },
    { start: 25, from: 30, to: 41 },
  ])
  assert.deepEqual(spansOf(9, 16, 3), [{ start: 0, from: 0, to: 9 }])
  assert.deepEqual(spansOf(16, 16, 3), [{ start: 0, from: 0, to: 16 }])
})

test('a picture in tiles is the same as in one piece', async () => {
  const made = await inTiles(noise, { fit: 'tiles', overlap: 3 }, { kind: 'image' }, port, context(), doubled)
  assert.deepEqual([made.width, made.height], [82, 18])
  for (let y = 0; y < 18; y++)
    for (let x = 0; x < 82; x++)
      for (let c = 0; c < 3; c++)
        assert.equal(made.data[(y * 82 + x) * 3 + c], noise.data[((y >> 1) * 41 + (x >> 1)) * 3 + c])
})

test('an overlap that leaves nothing of a tile is refused, and tiles for a head that gives no picture', async () => {
  const tiled = inTiles(noise, { fit: 'tiles', overlap: 8 }, { kind: 'image' }, port, context(), doubled)
  await assert.rejects(tiled, /picture\.overlap: expected less than half of a tile of 16 x 16/)
  assert.throws(() => checkDeclaration({ fit: 'tiles' }, { kind: 'depth' }), /head: expected one of kind “image”/)
  assert.throws(() => checkDeclaration({ fit: 'tiles', overlap: -1 }, { kind: 'image' }), /picture\.overlap/)
})
