import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roundHalfEven } from '../rounding.ts'
import { tensor } from '../task.ts'
import { foreground, toPixels, withAlpha } from './picture.ts'
import { cosineSimilarity } from './similarity.ts'
import { softMasks } from './soft-masks.ts'

const size = { width: 2, height: 1 }

test('halves are rounded to the even neighbour, as NumPy does', () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven), [0, 2, 2, 2, 3])
})

test('a graph’s picture is clamped, and its padding may be left out', () => {
  const picture = tensor('float32', Float32Array.of(0, 2, 0.5, 0.5, -1, 1), [1, 3, 1, 2])
  assert.deepEqual([...toPixels(picture).data], [0, 128, 0, 255, 128, 255])
  assert.deepEqual(toPixels(picture, { width: 1, height: 1 }), {
    width: 1,
    height: 1,
    channels: 3,
    data: Uint8Array.of(0, 128, 0),
  })
})

test('a matte of probabilities is taken as it is, one of logits through a sigmoid', () => {
  assert.deepEqual([...foreground(tensor('float32', Float32Array.of(0, 1), [1, 1, 1, 2]), size).data], [0, 1])
  assert.deepEqual([...foreground(tensor('float32', Float32Array.of(0, 50), [1, 1, 1, 2]), size).data], [0.5, 1])
})

test('of several classes the first is the background', () => {
  const logits = tensor('float32', Float32Array.of(20, -20, -20, 20), [1, 2, 1, 2])
  assert.deepEqual(
    [...foreground(logits, size).data].map((value) => Math.round(value)),
    [0, 1],
  )
})

test('the matte becomes the alpha of the picture', () => {
  const pixels = { ...size, channels: 3 as const, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  const rgba = withAlpha(pixels, { ...size, data: Float32Array.of(0, 1) })
  assert.deepEqual([...rgba.data], [1, 2, 3, 0, 4, 5, 6, 255])
})

test('one map or many give one mask each, with the best probability as score', () => {
  const map = Float32Array.of(0, 3, -3, 0.1)
  const [one, ...rest] = softMasks(tensor('float32', map, [2, 2]), { width: 2, height: 2 }, 0.5)
  assert.equal(rest.length, 0)
  assert.deepEqual([...(one?.mask.data ?? [])], [0, 255, 0, 255])
  assert.equal(one?.score, Math.fround(1 / (1 + Math.exp(-3))))
  assert.equal(softMasks(tensor('float32', map, [2, 1, 2]), size, 0.5).length, 2)
})

test('pictures are as alike as the angle of their features says', () => {
  assert.equal(cosineSimilarity([1, 0], [5, 0]), 1)
  assert.equal(cosineSimilarity([1, 0], [0, 5]), 0)
  assert.equal(cosineSimilarity([0, 0], [1, 1]), 0)
  assert.throws(() => cosineSimilarity([1], [1, 2]), /expected vectors of one length, got 1 and 2/)
})
