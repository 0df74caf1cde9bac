import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { groundedBoxes, sentenceOf } from './grounding.ts'

test('labels become one sentence in small letters, with one full stop each', () => {
  assert.equal(sentenceOf(['A cat', 'remote control.', ' dog ']), 'a cat. remote control. dog.')
})

test('a box answers to the tokens above the text threshold, but never to the first and the last position', () => {
  const logit = (p: number) => Math.log(p / (1 - p))
  const row = [0.9, 0.6, 0.2, 0.8].map(logit)
  const low = [0.1, 0.1, 0.1, 0.1].map(logit)
  const boxes = tensor('float32', new Float32Array(8).fill(0.5), [1, 2, 4])
  const found = groundedBoxes(
    tensor('float32', Float32Array.from([...low, ...row]), [1, 2, 4]),
    boxes,
    { width: 8, height: 4 },
    {
      threshold: 0.3,
      textThreshold: 0.25,
    },
  )
  assert.deepEqual(
    found.map(({ score, tokens, box }) => [Number(score.toFixed(3)), tokens, box]),
    [[0.9, [1], { xmin: 2, ymin: 1, xmax: 6, ymax: 3 }]],
  )
})

test('places beyond the sentence count for nothing', () => {
  const logits = tensor('float32', new Float32Array(4).fill(-Infinity), [1, 1, 4])
  const boxes = tensor('float32', new Float32Array(4), [1, 1, 4])
  assert.deepEqual(groundedBoxes(logits, boxes, { width: 1, height: 1 }, { threshold: 0, textThreshold: 0 }), [])
})
