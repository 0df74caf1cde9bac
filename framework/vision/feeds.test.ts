import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pictureFeeds, repeated } from './feeds.ts'
import { type Port, type Processed, type Session, tensor } from './task.ts'

const graph = (...inputs: Port[]) =>
  ({ inputs, wants: (name: string) => inputs.some((input) => input.name === name) }) as unknown as Session
const port = (name: string, ...dims: (string | number)[]): Port => ({ name, type: 'float32', dims })

const processed: Processed = {
  pixel_values: tensor('float32', new Float32Array(3 * 2 * 4), [1, 3, 2, 4]),
  pixel_mask: tensor('int64', BigInt64Array.of(1n, 1n, 1n, 0n, 1n, 1n, 1n, 0n), [1, 2, 4]),
  originalSizes: [{ width: 3, height: 2 }],
  resizedSizes: [{ width: 3, height: 2 }],
}

test('a graph is given its pictures under the name it has for them', () => {
  assert.deepEqual(Object.keys(pictureFeeds(graph(port('pixel_values', 1, 3, 'h', 'w')), processed)), ['pixel_values'])
  assert.deepEqual(Object.keys(pictureFeeds(graph(port('input', 1, 3, 'h', 'w')), processed)), ['input'])
})

test('the mask of the padding is passed on where it fits', () => {
  const free = graph(port('pixel_values', 1, 3, 'h', 'w'), port('pixel_mask', 1, 'h', 'w'))
  assert.equal(pictureFeeds(free, processed).pixel_mask, processed.pixel_mask)
})

test('a mask that the export fixed at another size is all ones', () => {
  const fixed = graph(port('pixel_values', 1, 3, 'h', 'w'), port('pixel_mask', 1, 64, 64))
  const mask = pictureFeeds(fixed, processed).pixel_mask
  assert.deepEqual(mask, tensor('int64', new BigInt64Array(64 * 64).fill(1n), [1, 64, 64]))
})

test('a picture may be handed over several times', () => {
  const twice = repeated(tensor('float32', Float32Array.of(1, 2), [1, 2]), 2)
  assert.deepEqual(
    [twice.dims, [...twice.data]],
    [
      [2, 2],
      [1, 2, 1, 2],
    ],
  )
})

test('a graph with its colours last is given them last', () => {
  const two: Processed = {
    ...processed,
    pixel_values: tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 1, 2]),
  }
  const { image } = pictureFeeds(graph(port('image', 1, 'h', 'w', 3)), two)
  assert.deepEqual(image, tensor('float32', Float32Array.of(1, 3, 5, 2, 4, 6), [1, 1, 2, 3]))
})

test('what a processor makes beside the pictures goes along', () => {
  const extra = { spatial_shapes: tensor('int64', BigInt64Array.of(2n, 4n), [1, 2]) }
  assert.equal(
    pictureFeeds(graph(port('pixel_values', 1, 'n', 768)), { ...processed, extra }).spatial_shapes,
    extra.spatial_shapes,
  )
})
