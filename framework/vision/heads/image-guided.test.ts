import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guidedBoxes, queryLogits, queryPatch } from './image-guided.ts'

const size = { width: 100, height: 100 }
const logit = (p: number) => Math.log(p / (1 - p))
/** Two boxes in one place, one elsewhere. */
const boxes = Float32Array.of(0.2, 0.2, 0.2, 0.2, 0.21, 0.2, 0.2, 0.2, 0.8, 0.8, 0.2, 0.2)
const logits = Float32Array.from([0.8, 0.6, 0.4], logit)

test('the query is the patch least like its background among those that cover the picture', () => {
  const covering = [0.5, 0.5, 1, 1]
  const features = {
    patches: 4,
    embeddings: Float32Array.of(9, 9, 5, 0, 1, 0, -9, 0),
    boxes: Float32Array.from([...covering, ...covering, 0.5, 0.5, 0.95, 0.95, 0.5, 0.5, 0.1, 0.1]),
  }
  assert.equal(queryPatch(features), 2)
})

test('logits are cosines, shifted and scaled', () => {
  const features = { patches: 2, embeddings: Float32Array.of(3, 0, 0, 5), boxes: new Float32Array(8) }
  const [same, across] = queryLogits(features, Float32Array.of(2, 0), { shift: [1, 1], scale: [2, 3] })
  assert.ok(Math.abs((same ?? 0) - 4) < 1e-5)
  assert.ok(Math.abs((across ?? 0) - 3) < 1e-5)
})

test('overlapping boxes go, and what stays is stretched so that the best is one', () => {
  const found = guidedBoxes(logits, boxes, size, { threshold: 0, nmsThreshold: 0.3 })
  assert.deepEqual(
    found.map(({ score, box }) => [Number(score.toFixed(3)), box.xmin]),
    [
      [1, 10],
      [0.444, 70],
    ],
  )
})

test('at an overlap of 1 nothing is suppressed, and the threshold is on the model’s own scores', () => {
  assert.equal(guidedBoxes(logits, boxes, size, { threshold: 0, nmsThreshold: 1 }).length, 3)
  assert.equal(guidedBoxes(logits, boxes, size, { threshold: 0.5, nmsThreshold: 1 }).length, 2)
})

test('when all is below the threshold the answer is empty', () => {
  assert.deepEqual(guidedBoxes(logits, boxes, size, { threshold: 0.99, nmsThreshold: 0.3 }), [])
})
