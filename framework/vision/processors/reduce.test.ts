import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reduce } from './reduce.ts'

// Pillow 12.3.0, Image.reduce.
test('blocks are averaged as Pillow does, those at the edges from what is left', () => {
  const data = Uint8Array.of(10, 200, 30, 7, 99, 255, 0, 128, 64, 3, 1, 2, 3, 4, 250)
  const grey = { width: 5, height: 3, channels: 1 as const, data }
  const by = (across: number, down: number) => [...reduce(grey, across, down).data]
  assert.deepEqual(by(2, 2), [116, 57, 51, 2, 4, 250])
  assert.deepEqual(by(3, 1), [80, 53, 127, 34, 2, 127])
  assert.deepEqual(by(2, 3), [78, 39, 117])
  assert.deepEqual(by(5, 3), [70])
})
