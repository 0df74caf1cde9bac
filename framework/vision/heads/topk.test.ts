import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topK, topKUnsorted, torchOrder, torchTopK } from './topk.ts'

const indices = (ranked: readonly { index: number }[]) => ranked.map(({ index }) => index)

test('the best come first, equal ones in the order they stand in', () => {
  assert.deepEqual(indices(topK([0.1, 0.9, 0.5, 0.9], 3)), [1, 3, 2])
})

test('many of many are the same as all of them sorted', () => {
  const values = Float32Array.from({ length: 500 }, (_, i) => (i * 37) % 100)
  const sorted = indices(topK(values, Number.POSITIVE_INFINITY))
  assert.deepEqual(sorted.slice(0, 6), [27, 127, 227, 327, 427, 54])
  assert.deepEqual(indices(topK(values, 30)), sorted.slice(0, 30))
  assert.deepEqual(indices(topK(values, 212)), sorted.slice(0, 212))
})

test('asking for more than there is gives all of it', () => {
  assert.deepEqual(indices(topK([0.2, 0.4], 9)), [1, 0])
})

// Made with g++ 12 and std::nth_element(begin, begin + k - 1, end), comparing values downwards.
const REFERENCE = [
  {
    values: [
      0.813334167, 0.3717857, 0.832383037, 0.692248106, 0.528276622, 0.895521164, 0.631317437, 0.920286655, 0.383903801,
      0.783246577, 0.825291157, 0.0964517593,
    ],
    order: [10, 7, 2, 5, 0, 9],
  },
  { values: [0.6, 0.6, 0.1, 0.5, 0.8, 0, 0.2, 0.7, 0.7, 0.3, 0.1, 0.2], order: [11, 1, 0, 3, 4, 9, 8, 7, 10, 2, 6, 5] },
  {
    values: [
      0.881264687, 0.391987205, 0.775316954, 0.717811286, 0.0905107856, 0.737864912, 0.842315555, 0.559423208,
      0.213378966, 0.903388143, 0.399995148, 0.205051541, 0.678863645, 0.820831001, 0.999925911, 0.00369739532,
      0.658135355, 0.0219281912, 0.35190028, 0.109297395,
    ],
    order: [6, 0, 9, 14, 13],
  },
]

test('the unsorted choice leaves entries where the C++ library leaves them', () => {
  for (const { values, order } of REFERENCE) {
    assert.deepEqual(indices(topKUnsorted(Float32Array.from(values), order.length)), order)
  }
})

test('a small choice out of many is sorted, as torch does', () => {
  const values = Float32Array.from({ length: 256 }, (_, i) => (i * 37) % 256)
  assert.deepEqual(
    topKUnsorted(values, 4).map(({ value }) => value),
    [255, 254, 253, 252],
  )
})

// torch 2.13.0: torch.topk of a float32 tensor, and of one with a NaN.
test('equal values are listed as torch lists them', () => {
  const repeating = (count: number, step: number, period: number) =>
    Float32Array.from({ length: count }, (_, i) => (i * step) % period)
  assert.deepEqual(indices(torchTopK(repeating(20, 7, 5), 8)), [2, 17, 12, 7, 19, 9, 14, 4])
  assert.deepEqual(indices(topKUnsorted(repeating(20, 7, 5), 8)), [19, 9, 2, 17, 12, 7, 14, 4])
  assert.deepEqual(indices(torchTopK(repeating(200, 11, 4), 3)), [9, 1, 5])
  assert.deepEqual(
    indices(torchTopK(repeating(200, 11, 4), 40)),
    [
      165, 73, 153, 69, 65, 157, 61, 161, 57, 53, 149, 49, 169, 45, 41, 173, 37, 185, 181, 29, 97, 121, 117, 113, 125,
      109, 129, 105, 101, 133, 1, 137, 93, 89, 141, 85, 145, 81, 77, 13,
    ],
  )
  assert.deepEqual(indices(torchTopK(Float32Array.of(1, Number.NaN, 3, 2), 3)), [1, 2, 3])
  assert.deepEqual(torchTopK(new Float32Array(0), 5), [])
})

// torch 2.13.0: torch.argsort(descending=True), which keeps the order of equal values up to sixteen of them.
test('all values are listed as torch sorts them', () => {
  const repeating = (count: number) => Float32Array.from({ length: count }, (_, i) => (i * 7) % 4)
  assert.deepEqual(torchOrder(repeating(16)), [1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12])
  assert.deepEqual(
    torchOrder(repeating(24)),
    [1, 21, 5, 9, 17, 13, 2, 22, 6, 18, 10, 14, 23, 19, 15, 11, 7, 3, 12, 16, 8, 20, 4, 0],
  )
})
