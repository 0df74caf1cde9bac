import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { depthAt, depthFromInverse, depthToBytes } from './depth.ts'

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

test('what the processor added at the edges is cut off again', () => {
  const data = Float32Array.from({ length: 20 }, (_, i) => i)
  const { data: inside } = depthAt(tensor('float32', data, [1, 4, 5]), { width: 3, height: 2 }, { width: 1, height: 1 })
  assert.deepEqual([...inside], [6, 7, 8, 11, 12, 13])
})

test('inverse depth becomes metres, by the lens where it is known, and never infinite', () => {
  const inverse = tensor('float32', Float32Array.of(2, 0), [1, 1, 2])
  const metres = (fieldOfView?: number) => [...depthFromInverse(inverse, { width: 2, height: 1 }, fieldOfView).data]
  assert.deepEqual(metres(), [0.5, 10000])
  assert.ok(Math.abs((metres(90)[0] ?? 0) - 0.25) < 1e-6)
})
