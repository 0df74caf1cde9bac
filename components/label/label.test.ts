import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Label } from './definition.ts'
import codec from './server.ts'
import LabelView from './view.tsx'

const encode = (value: Label, top = 10) => codec.encode?.(value, { top }, null as never, 'outputs.label')
const draw = (value: { label: string; score: number | null }[]) =>
  render(h(LabelView, viewProps<typeof Label>(Label(), { value, readOnly: true })))

test('a classifier’s answer, scores by label and one label alone all fit', () => {
  const rows = [
    { label: 'dog', score: 0.8 },
    { label: 'cat', score: 0.2 },
  ]
  assert.deepEqual(encode({ cat: 0.2, dog: 0.8 }), rows)
  assert.deepEqual(encode([...rows].reverse()), rows)
  assert.deepEqual(encode('dog'), [{ label: 'dog', score: null }])
})

test('only the surest are sent', () => {
  assert.deepEqual(encode({ a: 0.1, b: 0.6, c: 0.3 }, 2), [
    { label: 'b', score: 0.6 },
    { label: 'c', score: 0.3 },
  ])
})

test('the list that the task gave stays as it is', () => {
  const given = [
    { label: 'a', score: 0.1 },
    { label: 'b', score: 0.9 },
  ]
  encode(given)
  assert.equal(given[0]?.label, 'a')
})

test('a score that is no number is refused with its place', () => {
  assert.throws(() => encode([{ label: 'cat', score: Number.NaN }]), {
    message: /^outputs\.label\[0\]: expected a finite number as the score, got NaN/,
  })
  assert.throws(() => encode([0.3] as never), { message: /^outputs\.label\[0\]: expected a label with its score/ })
  assert.throws(() => encode(7 as never), { message: /^outputs\.label: expected labels as/ })
})

test('the answer stands first and large, the rest follows with bars', () => {
  const html = draw([
    { label: 'tabby cat', score: 0.714 },
    { label: 'lynx', score: 0.012 },
  ])
  assert.match(html, /<b>tabby cat<\/b> <span class="num">71\.4 %<\/span>.*--share:\s?71\.4%.*lynx.*1\.2 %/s)
})

test('scores that are no shares are shown as numbers, with bars relative to the largest', () => {
  const html = draw([
    { label: 'a', score: 8 },
    { label: 'b', score: 2 },
    { label: 'c', score: -3 },
  ])
  assert.match(html, /--share:\s?100\.0%.*--share:\s?25\.0%.*--share:\s?0\.0%/s)
  assert.doesNotMatch(html, / %/)
})

test('a label alone has no bars', () => {
  assert.doesNotMatch(draw([{ label: 'espresso', score: null }]), /<ol/)
})
