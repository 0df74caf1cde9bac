import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Checkbox } from './definition.ts'
import CheckboxView from './view.tsx'

test('an untouched checkbox is off, unless it starts on', () => {
  assert.equal(Checkbox.initial(Checkbox().options as never), false)
  assert.equal(Checkbox.initial(Checkbox({ initial: true }).options as never), true)
})

test('an answer cannot be changed, and yet reads with full contrast', () => {
  const html = render(h(CheckboxView, viewProps(Checkbox({ label: 'Is a cat' }), { value: true, readOnly: true })))
  assert.match(html, /checked/)
  assert.match(html, /aria-readonly="true"/)
  assert.doesNotMatch(html, /disabled/)
})
