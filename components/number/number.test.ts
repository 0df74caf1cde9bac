import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Number as NumberField, type NumberOptions } from './definition.ts'
import { readNumber, stepped, wantsOf } from './numeric.ts'
import NumberView from './view.tsx'

test('a whole step from a whole bound takes whole numbers only', () => {
  const { component, options } = NumberField({ min: 1, max: 8, step: 1 })
  assert.equal(component.wire(options).parse(3, 'inputs.k'), 3)
  assert.throws(() => component.wire(options).parse(2.5, 'inputs.k'), {
    message: /inputs\.k: expected a whole number from 1 to 8, got 2\.5/,
  })
})

test('what is typed is read as people write numbers', () => {
  const cases: [string, number | null][] = [
    ['7', 7],
    [' -0.5 ', -0.5],
    ['3,5', 3.5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['seven', null],
    ['', null],
    ['1.2.3', null],
    ['0x10', null],
    ['Infinity', null],
  ]
  for (const [typed, value] of cases) assert.equal(readNumber(typed, {}), value, typed)
  assert.equal(readNumber('9', { min: 1, max: 8 }), null)
})

test('steps leave no dust of binary fractions, and stop at the bounds', () => {
  assert.equal(stepped(0.2, 1, { step: 0.1 }), 0.3)
  assert.equal(stepped(7, 10, { max: 8 }), 8)
  assert.equal(stepped(null, 1, { min: 3, max: 8 }), 3)
  assert.equal(stepped(null, -1, {}), -1)
})

test('the box asks for the same as the server', () => {
  const all: NumberOptions[] = [{}, { min: 1 }, { max: 2.5 }, { min: 1, max: 8, step: 1 }, { min: 0.5, step: 1 }]
  for (const options of all) assert.equal(wantsOf(options), NumberField.wire(options).wants)
})

test('an answer stands large, with its unit', () => {
  const field = NumberField({ unit: 'ms' })
  const html = render(h(NumberView, viewProps<typeof NumberField>(field, { value: 1234.5678, readOnly: true })))
  assert.match(html, />1,234\.6<small> ms<\/small>/)
})
