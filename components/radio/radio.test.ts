import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import type { Given } from '#core/field.ts'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Radio, type radio } from './definition.ts'
import RadioView from './view.tsx'

const size = Radio({ label: 'Size', choices: ['square', { value: 'tall', label: 'Portrait' }] })
const draw = (about: object) => render(h(RadioView, viewProps<typeof radio>(size, about)))

test('run() is given one of the literals', () => {
  const value: Given<typeof size> = 'tall'
  // @ts-expect-error is no choice
  const wrong: Given<typeof size> = 'Portrait'
  assert.ok(value && wrong)
})

test('all choices are in sight, one is chosen, and the Tab key arrives at that one', () => {
  const html = draw({ value: 'tall' })
  assert.match(html, /role="radiogroup" aria-label="Size"/)
  assert.match(html, /square.*Portrait/s)
  assert.match(html, /<input type="radio" id="it"[^>]*checked[^>]*\/?>Portrait/)
})

test('an answer leaves nothing to choose', () => {
  assert.equal(draw({ value: 'tall', readOnly: true }).match(/disabled/g)?.length, 1)
})
