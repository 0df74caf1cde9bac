import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromFloat16, toFloat16 } from './float16.ts'

test('every half survives the way to float32 and back', () => {
  const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00)
  assert.deepEqual(toFloat16(fromFloat16(halves)), halves)
})

test('values round to the nearest half, ties to even, and overflow to infinity', () => {
  const cases: [number, number][] = [
    [1, 0x3c00],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [-2, 0xc000],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -14 - 2 ** -26, 0x0400],
  ]
  assert.deepEqual(
    [...toFloat16(Float32Array.from(cases, ([value]) => value))],
    cases.map(([, bits]) => bits),
  )
  assert.ok(Number.isNaN(fromFloat16(toFloat16(Float32Array.of(Number.NaN)))[0]))
})
