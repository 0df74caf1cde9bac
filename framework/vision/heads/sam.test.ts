import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { cropsOf, endsWithCrop, gridFrame, measuredMask, placed, pointGrid } from './sam.ts'
import { promptFeeds, readPrompts } from './sam-prompts.ts'

const picture = { width: 100, height: 50 }
const frame = { original: picture, resized: { width: 64, height: 32 }, padded: { width: 64, height: 64 } }
const prompts = (given: Record<string, unknown>) => readPrompts((name) => given[name])

test('the grid lies evenly over the picture, row by row', () => {
  assert.deepEqual(pointGrid(2, picture), [
    [25, 12.5],
    [75, 12.5],
    [25, 37.5],
    [75, 37.5],
  ])
})

test('one layer of crops is four overlapping quarters', () => {
  const crops = cropsOf(picture, 1, 0.2)
  assert.deepEqual(
    crops.map(({ layer, area }) => [layer, ...area]),
    [
      [0, 0, 0, 100, 50],
      [1, 0, 0, 55, 30],
      [1, 0, 20, 55, 50],
      [1, 45, 0, 100, 30],
      [1, 45, 20, 100, 50],
    ],
  )
})

test('a mask that ends with its crop is cut off, one that ends with the picture is not', () => {
  const wide = { width: 400, height: 400 }
  const crop = [0, 0, 220, 220] as const
  assert.equal(endsWithCrop([50, 50, 215, 100], crop, wide), true)
  assert.equal(endsWithCrop([0, 50, 100, 100], crop, wide), false)
  assert.equal(endsWithCrop([100, 100, 399, 399], [0, 0, 400, 400], wide), false)
})

test('a mask of a crop is put back where the crop was', () => {
  const mask = { width: 2, height: 1, data: Uint8Array.of(255, 0) }
  const whole = placed(mask, [1, 1, 3, 2], { width: 3, height: 2 })
  assert.deepEqual([...whole.data], [0, 0, 0, 0, 255, 0])
})

test('padding of the model’s input is cut off the masks', () => {
  const data = Float32Array.from({ length: 16 * 16 }, (_, i) => (i < 8 * 16 ? 1 : -1))
  const logits = tensor('float32', data, [1, 1, 1, 16, 16])
  const { width, height, data: mask } = measuredMask(logits, 0, frame, { threshold: 0.5 }).mask
  assert.deepEqual([width, height], [100, 50])
  assert.ok(mask.slice(0, 45 * 100).every((value) => value === 255))
})

test('masks of a model that squashes pictures are enlarged at once', () => {
  const logits = tensor('float32', Float32Array.of(1, 1, -1, -1), [1, 1, 1, 2, 2])
  const squashed = { original: picture, resized: { width: 64, height: 64 }, padded: null }
  const { mask } = measuredMask(logits, 0, squashed, { threshold: 0 })
  assert.deepEqual([mask.data[0], mask.data.at(-1)], [255, 0])
})

test('a mask is stable when its area does not hang on the threshold', () => {
  const strip = { original: { width: 4, height: 1 }, resized: { width: 4, height: 1 }, padded: null }
  const measure = (logits: readonly number[], offset: number) =>
    measuredMask(tensor('float32', Float32Array.from(logits), [1, 1, 1, 1, 4]), 0, strip, { threshold: 0, offset })
  const { mask, stability } = measure([5, 5, 0.5, -5], 1)
  assert.equal(stability, Math.fround(2 / 3))
  assert.deepEqual([...mask.data], [255, 255, 255, 0])
  assert.ok(Number.isNaN(measure([-9, -9, -9, -9], 1).stability))
  assert.deepEqual([...measure([5, 0.5, 0.5, -5], -1).mask.data], [255, 255, 255, 0])
})

test('points and boxes are scaled to what the model sees, and short prompts are filled up', () => {
  const read = prompts({
    input_points: [
      [[50, 25]],
      [
        [0, 0],
        [100, 50],
      ],
    ],
    input_boxes: [
      [0, 0, 50, 50],
      [10, 10, 20, 20],
    ],
  })
  assert.ok(read)
  const { input_points, input_labels, input_boxes } = promptFeeds(read, frame)
  assert.deepEqual([...(input_points?.data ?? [])], [32, 16, -10, -10, 0, 0, 64, 32])
  assert.deepEqual([...(input_labels?.data ?? [])], [1n, -10n, 1n, 1n])
  assert.deepEqual(input_points?.dims, [1, 2, 2, 2])
  const corners = Array.from((input_boxes?.data ?? []) as Float32Array, (value) => Math.round(value * 100) / 100)
  assert.deepEqual(corners, [0, 0, 32, 32, 6.4, 6.4, 12.8, 12.8])
})

test('a graph that takes boxes too is given none where none were drawn', () => {
  const read = prompts({ input_points: [[[1, 2]]] })
  assert.ok(read)
  assert.deepEqual(promptFeeds(read, frame).input_boxes?.dims, [1, 0, 4])
})

test('without a point or a box everything is asked for', () => {
  assert.equal(prompts({}), null)
})

test('prompts that do not fit are named', () => {
  assert.throws(() => prompts({ input_points: [1, 2] }), /input_points\[0\]: expected a list that is not empty, got 1/)
  assert.throws(() => prompts({ input_points: [[[1, 2, 3]]] }), /input_points\[0\]\[0\]: expected 2 numbers/)
  assert.throws(() => prompts({ input_points: [] }), /input_points: expected a list that is not empty/)
  assert.throws(() => prompts({ input_points: [[[1, 2]]], input_labels: [[1, 0]] }), /input_labels: expected a label/)
  assert.throws(
    () =>
      prompts({
        input_points: [[[1, 2]]],
        input_boxes: [
          [0, 0, 1, 1],
          [0, 0, 1, 1],
        ],
      }),
    /input_boxes: expected one box for each of 1 prompts/,
  )
})

test('prompts are read however many lists stand around them', () => {
  const points = [
    [5, 6],
    [7, 8],
  ]
  const one = { points: [points], labels: [[1, 0]], boxes: null }
  for (const input_points of [points, [points], [[points]]]) {
    for (const input_labels of [[1, 0], [[1, 0]], [[[1, 0]]]]) {
      assert.deepEqual(prompts({ input_points, input_labels }), one)
    }
  }
  for (const input_boxes of [[1, 2, 3, 4], [[1, 2, 3, 4]], [[[1, 2, 3, 4]]]]) {
    assert.deepEqual(prompts({ input_boxes })?.boxes, [[1, 2, 3, 4]])
  }
  assert.throws(() => prompts({ input_points: [[points], [points]] }), /input_points: expected prompts for one picture/)
})

test('a grid is laid as if the picture kept its proportions, as Python does even where it is squashed', () => {
  const original = { width: 97, height: 61 }
  const squashed = { original, resized: { width: 64, height: 64 }, padded: null }
  assert.deepEqual(gridFrame(squashed).resized, { width: 64, height: 40 })
  const kept = { original, resized: { width: 64, height: 40 }, padded: { width: 64, height: 64 } }
  assert.deepEqual(gridFrame(kept), kept)
})
