import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Text } from './definition.ts'
import TextView from './view.tsx'

const draw = (field: ReturnType<typeof Text>, about = {}) => render(h(TextView, viewProps<typeof Text>(field, about)))

test('one line is an input, more are a text area of that height', () => {
  assert.match(draw(Text({ maxLength: 9 })), /<input [^>]*maxlength="9"[^>]*type="text"/)
  assert.match(draw(Text({ lines: 4 })), /<textarea [^>]*rows="4"/)
})

test('an empty box is no value, not an empty text', () => {
  assert.equal(Text.initial(Text({ initial: '' }).options as never), null)
  assert.equal(Text.initial(Text({ initial: 'a' }).options as never), 'a')
})

test('text that is too long is refused by the server too', () => {
  const { component, options } = Text({ maxLength: 3 })
  assert.throws(() => component.wire(options).parse('four', 'inputs.name'), {
    message: /inputs\.name: expected text of at most 3 characters/,
  })
})

test('a password is hidden in an answer as well', () => {
  assert.doesNotMatch(draw(Text({ type: 'password' }), { value: 'secret', readOnly: true }), /secret/)
})

test('an answer can be copied, and is shown as text', () => {
  const html = draw(Text(), { value: 'a <b> c', readOnly: true })
  assert.match(html, /<output [^>]*>a &lt;b> c<\/output>/)
  assert.match(html, /aria-label="Copy"/)
})

test('several lines have no place in a password', () => {
  assert.match(Text({ lines: 2, type: 'password' }).problems.join(), /expected text, as it has more than one line/)
})
