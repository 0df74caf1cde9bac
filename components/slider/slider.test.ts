import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Slider } from './definition.ts'
import { snap } from './snap.ts'
import SliderView from './view.tsx'

const stepOf = (min: number, max: number) => (Slider({ min, max }).options as { step?: number }).step

test('the step fits the span, where the author gives none', () => {
  assert.equal(stepOf(0, 100), 1)
  assert.equal(stepOf(0, 1), 0.01)
  assert.equal(stepOf(0, 10), 0.1)
  assert.equal(stepOf(0, 5000), 1)
})

test('a whole step takes whole numbers only', () => {
  const { component, options } = Slider({ min: 1, max: 10, step: 1 })
  assert.throws(() => component.wire(options).parse(2.5, 'inputs.top'), {
    message: /inputs\.top: expected a whole number from 1 to 10, got 2\.5/,
  })
})

test('what is typed moves to the nearest step within the bounds', () => {
  const bounds = { min: 1, max: 10, step: 0.5 }
  assert.equal(snap(200, bounds), 10)
  assert.equal(snap(-3, bounds), 1)
  assert.equal(snap(3.3, bounds), 3.5)
  assert.equal(snap(0.30000000000000004, { min: 0, max: 1, step: 0.1 }), 0.3)
})

test('the end can be reached where the steps do not', () => {
  assert.equal(snap(10, { min: 0, max: 10, step: 3 }), 9)
  assert.equal(snap(9.7, { min: 0.2, max: 9.7, step: 0.5 }), 9.7)
})

test('the value can be set on the track and in a box of its own', () => {
  const html = render(h(SliderView, viewProps<typeof Slider>(Slider({ min: 0, max: 10, unit: 'px' }), { value: 5 })))
  assert.match(html, /type="range" id="it"[^>]*aria-valuetext="5 px"/)
  assert.match(html, /aria-label="The field, as a number"/)
  assert.match(html, /--at:\s?50%/)
})
