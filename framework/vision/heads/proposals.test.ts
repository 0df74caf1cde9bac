import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { proposals } from './proposals.ts'

const size = { width: 100, height: 50 }
// Two boxes over each other, one apart that reaches beyond the picture.
const boxes = tensor('float32', Float32Array.of(0.3, 0.5, 0.4, 0.4, 0.32, 0.5, 0.4, 0.4, 0.9, 0.5, 0.4, 0.4), [1, 3, 4])
const logits = tensor('float32', Float32Array.of(2, -5, 1, -5, -5, 1.5), [1, 3, 2])

test('of two boxes over each other the better stays, where they are of one label', () => {
  const found = proposals(logits, boxes, size, { threshold: 0.1, nmsThreshold: 0.5 })
  assert.deepEqual(
    found.map(({ label, score }) => [label, Number(score.toFixed(3))]),
    [
      [0, 0.881],
      [1, 0.818],
    ],
  )
  const apart = tensor('float32', Float32Array.of(2, -5, -5, 1, -5, 1.5), [1, 3, 2])
  assert.equal(proposals(apart, boxes, size, { threshold: 0.1, nmsThreshold: 0.5 }).length, 3)
})

test('boxes end where the picture does', () => {
  const [, beyond] = proposals(logits, boxes, size, { threshold: 0.1, nmsThreshold: 0.5 })
  assert.equal(beyond?.corners[2], 1)
})

test('there are at most as many proposals as boxes, whatever the labels', () => {
  const many = tensor('float32', new Float32Array(6).fill(3), [1, 3, 2])
  assert.equal(proposals(many, boxes, size, { threshold: 0, nmsThreshold: 1 }).length, 3)
})
