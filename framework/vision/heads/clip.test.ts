import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frameIndices } from './clip.ts'

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
