import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { viewProps } from '../../test/helpers/view-props.ts'
import { JSON } from './definition.ts'
import codec from './server.ts'
import JSONView from './view.tsx'

const encode = (value: object) => codec.encode?.(value, { open: 2 }, null as never, 'outputs.answer')

test('dates, typed arrays and missing members are sent as JSON has them', () => {
  assert.deepEqual(encode({ at: new Date(0), scores: new Float32Array([0.5, 1]), none: undefined }), {
    at: '1970-01-01T00:00:00.000Z',
    scores: [0.5, 1],
  })
})

test('what JSON cannot say is refused where it stands', () => {
  assert.throws(() => encode({ boxes: [{ score: Number.NaN }] }), {
    message: /^outputs\.answer\.boxes\[0\]\.score: expected a finite number, got NaN/,
  })
  assert.throws(() => encode({ run: () => 1 }), { message: /^outputs\.answer\.run: expected JSON, got a function/ })
})

test('an object that holds itself is refused; one that stands in two places is not', () => {
  const shared = { a: 1 }
  assert.deepEqual(encode({ first: shared, second: shared }), { first: { a: 1 }, second: { a: 1 } })
  const circle: { self?: object } = {}
  circle.self = circle
  assert.throws(() => encode(circle), { message: /outputs\.answer\.self: .*It holds itself/ })
})

test('the tree is open as deep as the author says', () => {
  const draw = (open: number) =>
    render(h(JSONView, viewProps<typeof JSON>(JSON({ open }), { value: { a: { b: { c: 1 } } }, readOnly: true })))
  assert.match(draw(3), /c: <\/span><span class="number">1/)
  assert.doesNotMatch(draw(1), /b: /)
})

test('a list of a hundred thousand shows its beginning and says how much more there is', () => {
  const value = Array.from({ length: 100_000 }, (_, index) => index)
  const html = render(h(JSONView, viewProps<typeof JSON>(JSON(), { value, readOnly: true })))
  assert.match(html, /99900 more/)
})
