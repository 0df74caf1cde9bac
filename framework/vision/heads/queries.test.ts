import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { instanceSegments } from './instances.ts'
import { areaOf } from './masks.ts'
import { panopticSegments } from './panoptic.ts'
import { queryMasks, queryScoreRows } from './queries.ts'
import { classMap, scoreRows } from './semantic.ts'

const size = { width: 4, height: 2 }
const NO = -20
const YES = 20

/** Three queries: the left half as class 0, the right half as class 1, and everything as nothing. */
const model = queryMasks(
  tensor('float32', Float32Array.of(9, 0, 0, 0, 8, 0, 0, 0, 9), [1, 3, 3]),
  tensor(
    'float32',
    Float32Array.from(
      [
        [YES, YES, NO, NO, YES, YES, NO, NO],
        [NO, NO, YES, YES, NO, NO, YES, YES],
        [YES, YES, YES, YES, YES, YES, YES, YES],
      ].flat(),
    ),
    [1, 3, 2, 4],
  ),
)
const usual = { threshold: 0.5, mask_threshold: 0.5, overlap_mask_area_threshold: 0.5 }

test('each segment has the pixels that are its own, and nothing is no segment', () => {
  const segments = panopticSegments(model, size, usual)
  assert.deepEqual(
    segments.map(({ label, score, mask }) => [label, score, [...mask.data]]),
    [
      [0, 0.999753, [255, 255, 0, 0, 255, 255, 0, 0]],
      [1, 0.99933, [0, 0, 255, 255, 0, 0, 255, 255]],
    ],
  )
})

test('a threshold of 1 leaves no segment, and that is no error', () => {
  assert.deepEqual(panopticSegments(model, size, { ...usual, threshold: 1 }), [])
})

test('segments of a fused class become one', () => {
  const twice = queryMasks(
    tensor('float32', Float32Array.of(9, 0, 9, 0), [1, 2, 2]),
    tensor('float32', Float32Array.of(YES, NO, NO, NO, NO, NO, NO, YES), [1, 2, 1, 4]),
  )
  const row = { width: 4, height: 1 }
  assert.deepEqual(
    panopticSegments(twice, row, usual).map(({ mask }) => areaOf(mask)),
    [3, 1],
  )
  const [fused, ...others] = panopticSegments(twice, row, { ...usual, label_ids_to_fuse: [0] })
  assert.equal(fused && areaOf(fused.mask), 4)
  assert.equal(others.length, 0)
})

test('later instances take pixels from earlier ones, which may be left with none', () => {
  const over = queryMasks(
    tensor('float32', Float32Array.of(6, 0, 6, 0), [1, 2, 2]),
    tensor('float32', new Float32Array(8).fill(YES), [1, 2, 1, 4]),
  )
  const instances = instanceSegments(over, { width: 4, height: 1 }, 0.5)
  assert.deepEqual(
    instances.map(({ mask }) => areaOf(mask)),
    [0, 4],
  )
})

test('classes of pixels are summed over the queries', () => {
  assert.deepEqual([...classMap(queryScoreRows(model), size)], [0, 0, 1, 1, 0, 0, 1, 1])
})

test('sums row by row are those of the whole, whatever the number of queries', () => {
  const queries = 7
  const wave = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step) * 3)
  const many = queryMasks(
    tensor('float32', wave(queries * 4, 1.7), [1, queries, 4]),
    tensor('float32', wave(queries * 6, 0.9), [1, queries, 2, 3]),
  )
  const scores = new Float32Array(3 * 6)
  for (let query = 0; query < queries; query++) {
    const row = [...many.classLogits.subarray(query * 4, query * 4 + 4)].map(Math.exp)
    const sum = row.reduce((a, b) => a + b)
    for (const [pixel, logit] of many.masks(query).data.entries()) {
      for (let c = 0; c < 3; c++) (scores[c * 6 + pixel] as number) += (row[c] ?? 0) / sum / (1 + Math.exp(-logit))
    }
  }
  const to = { width: 9, height: 6 }
  const whole = classMap(scoreRows(tensor('float32', scores, [1, 3, 2, 3])), to)
  assert.deepEqual([...classMap(queryScoreRows(many), to)], [...whole])
})

// transformers 5.18.0: ConditionalDetrImageProcessorPil.post_process_semantic_segmentation
test('the last logit is a class where no class stands for nothing', () => {
  const all = queryMasks(
    tensor('float32', Float32Array.of(0, 0, 4, 3, 0, 0), [1, 2, 3]),
    tensor('float32', Float32Array.of(9, 9, -9, -9, -9, -9, -9, 9), [1, 2, 2, 2]),
  )
  const square = { width: 2, height: 2 }
  assert.deepEqual([...classMap(queryScoreRows(all, 3), square)], [2, 2, 2, 0])
  assert.ok(classMap(queryScoreRows(all), square).every((label) => label < 2))
})
