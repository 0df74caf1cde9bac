import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cornersAt, overlapOf, squareAround, toBox } from './boxes.ts'
import { nonMaximumSuppression } from './nms.ts'

const size = { width: 100, height: 50 }

test('a box is cut to whole pixels towards zero and may leave the picture', () => {
  const corners = cornersAt([0.05, 0.5, 0.2, 1.5], 0)
  assert.deepEqual(toBox(corners, size), { xmin: -5, ymin: -12, xmax: 15, ymax: 62 })
})

test('a side just left of the picture is 0, never minus 0', () => {
  assert.ok(Object.is(toBox([-0.001, 0, 1, 1], size).xmin, 0))
})

test('OWLv2 measures boxes in the square that the picture was padded to', () => {
  assert.deepEqual(toBox([0, 0, 1, 1], squareAround(size)), { xmin: 0, ymin: 0, xmax: 100, ymax: 100 })
})

test('overlap is what two boxes share, out of what they cover together', () => {
  assert.equal(overlapOf([0, 0, 2, 2], [1, 0, 3, 2]), Math.fround(1 / 3))
  assert.equal(overlapOf([0, 0, 1, 1], [2, 2, 3, 3]), 0)
})

test('of boxes in one place only the best stays, and boxes elsewhere are left alone', () => {
  const boxes = [
    [0, 0, 10, 10],
    [1, 1, 11, 11],
    [50, 50, 60, 60],
  ] as const
  assert.deepEqual(nonMaximumSuppression(boxes, [0.5, 0.9, 0.1], 0.5), [1, 2])
  assert.deepEqual(nonMaximumSuppression(boxes, [0.5, 0.9, 0.1], 1), [1, 0, 2])
})
