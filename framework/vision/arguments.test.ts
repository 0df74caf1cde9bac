import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallOptions, labelsAndOptions, queryAndOptions } from './arguments.ts'

test('labels come as a list, as one text with commas, or by name', () => {
  assert.deepEqual(labelsAndOptions(['a.jpg', ['cat', 'dog']]).labels, ['cat', 'dog'])
  assert.deepEqual(labelsAndOptions(['a.jpg', 'cat, dog']).labels, ['cat', 'dog'])
  const { labels, options } = labelsAndOptions(['a.jpg', { candidate_labels: ['cat'], threshold: 0.4 }])
  assert.deepEqual([labels, options.number('threshold', 0.1)], [['cat'], 0.4])
})

test('no labels, and labels that are no text, are refused with what to do', () => {
  for (const none of [[], '', undefined, null]) {
    assert.throws(() => labelsAndOptions(['a.jpg', none]), /candidate_labels.*Give the labels to choose from/)
  }
  assert.throws(() => labelsAndOptions(['a.jpg', ['cat', 7]]), /candidate_labels\[1\]: expected a text, got 7/)
})

test('a second picture comes after the first, or by name', () => {
  assert.equal(queryAndOptions(['a.jpg', 'b.jpg', { threshold: 1 }]).query, 'b.jpg')
  const { query, options } = queryAndOptions(['a.jpg', { query_image: 'b.jpg', threshold: 0.2 }])
  assert.deepEqual([query, options.number('threshold', 0)], ['b.jpg', 0.2])
})

test('options left out have their defaults, and null counts as left out', () => {
  const options = new CallOptions({ threshold: null })
  assert.equal(options.number('threshold', 0.5), 0.5)
  assert.equal(options.boolean('percentage', false), false)
  assert.equal(options.count('top_k'), Infinity)
  assert.equal(new CallOptions(undefined).text('template', 'x'), 'x')
})

test('options of another kind are named', () => {
  const options = new CallOptions({ threshold: '0.5', top_k: 0, pool: 1, subtask: 'all', template: 3 })
  assert.throws(() => options.number('threshold', 1), /threshold: expected a number, got “0.5”/)
  assert.throws(
    () => new CallOptions({ n: 9 }).number('n', 1, { min: 1, max: 8 }),
    /n: expected a number of at least 1 and at most 8/,
  )
  assert.throws(() => options.count('top_k'), /top_k: expected a whole number of at least 1, got 0/)
  assert.throws(() => options.boolean('pool', false), /pool: expected true or false/)
  assert.throws(() => options.oneOf('subtask', ['panoptic', 'semantic']), /subtask: expected one of panoptic, semantic/)
  assert.throws(() => options.text('template', ''), /template: expected text/)
  assert.throws(() => new CallOptions('fast'), /options: expected an object of options/)
})

test('thresholds lie between 0 and 1', () => {
  assert.equal(new CallOptions({ threshold: 1 }).share('threshold', 0.5), 1)
  for (const threshold of [-0.1, 1.5, 50, Number.NaN])
    assert.throws(
      () => new CallOptions({ threshold }).share('threshold', 0.5),
      /threshold: expected a number of at least 0 and at most 1/,
    )
})

test('capitals do not count where Python lets them pass', () => {
  const options = new CallOptions({ apply: 'Softmax', other: 'max' })
  assert.equal(options.oneOfAnyCase('apply', ['softmax', 'none']), 'softmax')
  assert.equal(options.oneOfAnyCase('missing', ['softmax']), undefined)
  assert.throws(() => options.oneOfAnyCase('other', ['softmax', 'none']), /other: expected one of softmax, none/)
})
