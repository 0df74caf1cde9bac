import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bicubic, bilinear, nearestAxis } from './interpolate.ts'

const square = { width: 2, height: 2, data: Float32Array.of(1, 2, 3, 4) }

test('enlarging bilinearly gives the numbers in the documentation of torch.nn.Upsample', () => {
  const { data } = bilinear(square, { width: 4, height: 4 })
  assert.deepEqual([...data], [1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4])
})

test('enlarging a plane to a picture gives torch’s numbers to the last bit', () => {
  const data = Float32Array.from({ length: 30 }, (_, i) => ((i * 37) % 101) / 101)
  const large = bilinear({ width: 6, height: 5, data }, { width: 300, height: 400 })
  // torch 2.13.0: torch.nn.functional.interpolate(t, size=(400, 300), mode='bilinear')[0, 0, 203, 100:108]
  assert.deepEqual(
    [...large.data.subarray(203 * 300 + 100, 203 * 300 + 108)],
    [
      0.4478713274002075, 0.4351980686187744, 0.4225248098373413, 0.4098515510559082, 0.3971782922744751,
      0.384505033493042, 0.3718317151069641, 0.359158456325531,
    ],
  )
})

const ONE = [0.45519915223121643, 0.6242775917053223, 0.7548945546150208, 0.4624345004558563]
const SIXTEEN = [0.45519912242889404, 0.624277651309967, 0.7548945546150208, 0.4624345004558563]

test('small results have torch’s bits too, which depend on how many planes go together', () => {
  const data = Float32Array.from({ length: 30 }, (_, i) => ((i * 37) % 101) / 101)
  const small = (channel: { index: number; count: number }) => [
    ...bilinear({ width: 6, height: 5, data }, { width: 13, height: 17 }, { channel }).data.subarray(29, 33),
  ]
  // The same with size=(17, 13) for one plane, and for sixteen of them.
  assert.deepEqual(small({ index: 0, count: 1 }), ONE)
  assert.deepEqual(small({ index: 15, count: 16 }), SIXTEEN)
  assert.deepEqual(small({ index: 16, count: 17 }), ONE)
})

test('what is not wanted of a result is left out', () => {
  const { width, height, data } = bilinear(square, { width: 4, height: 4 }, { keep: { width: 3, height: 2 } })
  assert.deepEqual([width, height, [...data]], [3, 2, [1, 1.25, 1.75, 1.5, 1.75, 2.25]])
})

test('shrinking bilinearly takes the neighbours of each centre and no more', () => {
  const row = { width: 6, height: 1, data: Float32Array.of(0, 10, 20, 30, 40, 50) }
  assert.deepEqual([...bilinear(row, { width: 2, height: 1 }).data], [10, 40])
})

test('cubic weights are those of a = -0.75', () => {
  const step = { width: 4, height: 1, data: Float32Array.of(0, 0, 1, 1) }
  // Position 1.25: weights of the taps 0, 1, 2 and 3 at a quarter.
  const [, , , value] = bicubic(step, { width: 8, height: 1 }).data
  const t = 0.25
  const inner = (x: number) => (1.25 * x - 2.25) * x * x + 1
  const outer = (x: number) => ((-0.75 * x + 3.75) * x - 6) * x + 3
  assert.ok(Math.abs((value ?? 0) - (inner(1 - t) + outer(2 - t))) < 1e-6)
})

test('a flat plane stays flat, whichever way it is enlarged', () => {
  const flat = { width: 3, height: 2, data: new Float32Array(6).fill(7) }
  for (const enlarge of [bilinear, bicubic]) {
    const { data } = enlarge(flat, { width: 11, height: 5 })
    assert.ok(data.every((value) => Math.abs(value - 7) < 1e-5))
  }
})

test('nearest goes by the left edge of a pixel, as torch does', () => {
  assert.deepEqual([...nearestAxis(3, 5)], [0, 0, 1, 1, 2])
  assert.deepEqual([...nearestAxis(4, 2)], [0, 2])
})

test('cubic enlarging gives torch’s numbers to the last bit', () => {
  const data = Float32Array.from({ length: 30 }, (_, i) => ((i * 37) % 101) / 101)
  const large = bicubic({ width: 6, height: 5, data }, { width: 300, height: 400 })
  // torch 2.13.0: torch.nn.functional.interpolate(t, size=(400, 300), mode='bicubic')[0, 0, 203, 100:108]
  assert.deepEqual(
    [...large.data.subarray(203 * 300 + 100, 203 * 300 + 108)],
    [
      0.43207553029060364, 0.41427913308143616, 0.39655643701553345, 0.37895098328590393, 0.36150625348091125,
      0.3442658483982086, 0.32727280259132385, 0.31057125329971313,
    ],
  )
})
