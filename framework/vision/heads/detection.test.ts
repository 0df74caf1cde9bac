import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { detectionRule, detections, readingRanks } from './detection.ts'

const size = { width: 10, height: 10 }
const boxes = tensor('float32', Float32Array.of(0.5, 0.5, 1, 1, 0.25, 0.25, 0.5, 0.5), [1, 2, 4])
const threeBoxes = tensor('float32', new Float32Array(12).fill(0.5), [1, 3, 4])
const scores = (probabilities: readonly number[]) => Float32Array.from(probabilities, Math.log)
const logits = (of: readonly number[]) => tensor('float32', scores(of), [1, 2, of.length / 2])

test('“nothing” is left aside before the best class is chosen', () => {
  const found = detections(logits([0.3, 0.1, 0.6, 0.2, 0.5, 0.3]), boxes, size, {
    threshold: 0.25,
    rule: detectionRule('detr'),
  })
  assert.deepEqual(
    found.map(({ label, score }) => [label, Number(score.toFixed(4))]),
    [
      [0, 0.3],
      [1, 0.5],
    ],
  )
})

test('one query may be two things where the model says so', () => {
  const odds = [3, 1, 0.5, 0.25].map(Math.log)
  const found = detections(tensor('float32', Float32Array.from(odds), [1, 2, 2]), boxes, size, {
    threshold: 0.4,
    rule: detectionRule('rt_detr'),
  })
  assert.deepEqual(
    found.map(({ label, score, box }) => [label, Number(score.toFixed(3)), box.xmax]),
    [
      [0, 0.75, 10],
      [1, 0.5, 10],
    ],
  )
})

test('the threshold itself is not enough, and 1 leaves nothing', () => {
  const certain = logits([1, 1e-30, 1e-30, 1, 1e-30, 1e-30])
  const rule = detectionRule('yolos')
  assert.equal(detections(certain, boxes, size, { threshold: 0, rule }).length, 2)
  assert.equal(detections(certain, boxes, size, { threshold: 1, rule }).length, 0)
})

test('boxes may be had as parts of the sides', () => {
  const [found] = detections(logits([0.9, 0.05, 0.05, 0.9, 0.05, 0.05]), boxes, size, {
    threshold: 0.5,
    rule: detectionRule('detr'),
    percentage: true,
  })
  assert.deepEqual(found?.box, { xmin: 0, ymin: 0, xmax: 1, ymax: 1 })
})

test('model types are read with dashes too, and unknown ones count as DETR', () => {
  assert.deepEqual(detectionRule('rt-detr-v2'), { by: 'sigmoid', top: 'queries' })
  assert.deepEqual(detectionRule('conditional_detr'), { by: 'sigmoid', top: 100 })
  assert.deepEqual(detectionRule('my_detector'), { by: 'softmax' })
  assert.deepEqual(detectionRule('my_detector', 'RTDetr'), { by: 'sigmoid', top: 'queries' })
  assert.deepEqual(detectionRule('detr', 'RTDetr'), { by: 'softmax' })
})

test('what a model puts into an order of reading is listed in it', () => {
  // The second comes before the first, and both before the third.
  const order = tensor('float32', Float32Array.of(0, -3, 4, 0, 0, 4, 0, 0, 0), [1, 3, 3])
  const ranks = readingRanks(order)
  assert.deepEqual(ranks, [1, 0, 2])
  const found = detections(tensor('float32', Float32Array.of(3, 2, 1), [1, 3, 1]), threeBoxes, size, {
    threshold: 0,
    rule: detectionRule('pp_doclayout_v2', 'PPDocLayoutV2'),
    ranks,
  })
  assert.deepEqual(
    found.map(({ score }) => Number(score.toFixed(2))),
    [0.88, 0.95, 0.73],
  )
})
