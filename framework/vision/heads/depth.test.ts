import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { depthAt, depthToBytes } from './depth.ts'

test('the nearest and the farthest are white and black, what lies between is cut down', () => {
  const bytes = depthToBytes({ width: 4, height: 1, data: Float32Array.of(-1, 0, 1, 3) })
  assert.deepEqual([...bytes], [0, 63, 127, 255])
})

test('a flat map is black rather than a division by zero', () => {
  assert.deepEqual([...depthToBytes({ width: 2, height: 1, data: Float32Array.of(5, 5) })], [0, 0])
})

test('a graph may give its map with or without a channel', () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6)
  for (const dims of [
    [1, 2, 3],
    [1, 1, 2, 3],
  ]) {
    assert.deepEqual(depthAt(tensor('float32', data, dims), { width: 3, height: 2 }), { width: 3, height: 2, data })
  }
})
