import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { depthAt, depthFromInverse, depthToBytes, enlargeOf } from './depth.ts'

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

// torch 2.13.0: interpolate, bilinear with aligned corners and bicubic.
test('depth is enlarged as the class of the image processor does it', () => {
  const depth = tensor('float32', Float32Array.of(1, 2, 4, 3, 5, 9), [1, 2, 3])
  const of = (kind: string) => [
    ...depthAt(depth, { width: 5, height: 3 }, undefined, enlargeOf({ kind, config: {} })).data,
  ]
  assert.deepEqual(of('CHMv2'), [1, 1.5, 2, 3, 4, 2, 2.75, 3.5, 5, 6.5, 3, 4, 5, 7, 9])
  const cubic = [0.7387225, 1.0492091, 1.7395837, 2.923084, 3.7413063, 1.8560003, 2.3660009, 3.5, 5.444001, 6.788001]
  for (const [i, value] of of('DPT').slice(0, 10).entries())
    assert.ok(Math.abs(value - (cubic[i] as number)) < 1e-6, `${value} is not ${cubic[i]}`)
})

test('a map with a value that is no number is black, as in Python', () => {
  assert.deepEqual([...depthToBytes({ width: 3, height: 1, data: Float32Array.of(1, Number.NaN, 5) })], [0, 0, 0])
})

// torch 2.13.0: 0.5 * 640 / torch.tan(0.5 * torch.deg2rad(torch.tensor(53.1))) is 640.4205322265625.
test('the lens of Depth Pro has torch’s focal length', () => {
  const inverse = tensor('float32', new Float32Array(640).fill(1), [1, 1, 640])
  const [metres = 0] = depthFromInverse(inverse, { width: 640, height: 1 }, Math.fround(53.1)).data
  assert.ok(Math.abs(metres - 640.4205322265625 / 640) < 3e-7, `${metres}`)
})
