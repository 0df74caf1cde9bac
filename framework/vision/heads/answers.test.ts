import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bestSpans, windows } from './answers.ts'
import { answerIn } from './generation/reader.ts'

const all = [true, true, true, true, true]

test('the best spans are those whose first and last word are likeliest together', () => {
  const { spans } = bestSpans([0, 9, 0, 0, 0], [0, 0, 9, 8, 0], all, { count: 2, longest: 5 })
  assert.deepEqual(
    spans.map(({ start, end }) => [start, end]),
    [
      [1, 2],
      [1, 3],
    ],
  )
})

test('an answer is no longer than asked, and never ends before it begins', () => {
  const { spans } = bestSpans([0, 0, 9, 0, 0], [0, 8, 0, 0, 9], all, { count: 1, longest: 2 })
  assert.deepEqual(
    spans.map(({ start, end }) => [start, end]),
    [[2, 2]],
  )
})

test('tokens of the question are no answer, and the first token stands for none', () => {
  const allowed = [true, false, false, true, true]
  const { spans, none } = bestSpans([9, 9, 9, 1, 0], [9, 9, 9, 0, 1], allowed, { count: 5, longest: 5 })
  assert.ok(spans.filter(({ score }) => score > 0).every(({ start, end }) => start >= 3 && end >= 3))
  assert.ok(none > 0.99)
})

test('a long document is seen in overlapping parts', () => {
  assert.deepEqual(windows(10, 4, 1), [
    { from: 0, to: 4 },
    { from: 3, to: 7 },
    { from: 6, to: 10 },
  ])
  assert.deepEqual(windows(3, 4, 1), [{ from: 0, to: 3 }])
  assert.deepEqual(windows(0, 4, 1), [{ from: 0, to: 0 }])
})

test('the answer is what stands between its tags', () => {
  const silent = ['</s>', '<pad>']
  assert.equal(answerIn('<s_docvqa><s_question>how much?</s_question><s_answer> 12 </s_answer></s>', silent), '12')
  assert.equal(answerIn('<s_docvqa><s_answer>a</s_answer></s_answer><pad>', silent), 'a</s_answer>')
  assert.equal(answerIn('<s_docvqa><s_question>how much?</s_question><s_answer>12', silent), null)
})
