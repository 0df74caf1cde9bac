import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import type { Given } from '#core/field.ts'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Dropdown, type dropdown } from './definition.ts'
import DropdownView from './view.tsx'

const scheduler = Dropdown({ choices: ['Euler', { value: 'ddim', label: 'DDIM' }] })
const sizes = Dropdown({ choices: [256, 512, 1024], multiple: true, initial: [512] })
const draw = (field: typeof scheduler | typeof sizes, value: string | number[]) =>
  render(h(DropdownView, viewProps<typeof dropdown>(field, { value })))

test('run() is given one of the literals, or a list of them', () => {
  const one: Given<typeof scheduler> = 'ddim'
  const many: Given<typeof sizes> = [256, 1024]
  // @ts-expect-error is no choice
  const wrong: Given<typeof scheduler> = 'DDIM'
  // @ts-expect-error one number where a list is given
  const single: Given<typeof sizes> = 256
  assert.ok(one && many && wrong && single)
})

test('only what is offered can be chosen at the start', () => {
  // @ts-expect-error is no choice
  const { problems } = Dropdown({ choices: ['a', 'b'], initial: 'c' })
  assert.deepEqual(problems, ['options.initial: expected one of a, b, got “c” (text).'])
})

test('the first choice is chosen at the start; null leaves it to the visitor', () => {
  const initial = (field: { component: unknown; options: unknown }) =>
    (field.component as typeof dropdown).initial(field.options as never)
  assert.equal(initial(scheduler), 'Euler')
  assert.equal(initial(Dropdown({ choices: ['a'], initial: null })), null)
  assert.deepEqual(initial(sizes), [512])
  assert.deepEqual(initial(Dropdown({ choices: ['a', 'b'], multiple: true })), [])
})

test('choices that are the same are reported', () => {
  assert.match(Dropdown({ choices: ['a', 'a'] }).problems.join(), /expected choices that differ/)
})

test('the server refuses what was never offered, and names what was', () => {
  const schema = sizes.component.wire(sizes.options)
  assert.deepEqual(schema.parse([256, 1024], 'inputs.sizes'), [256, 1024])
  assert.throws(() => schema.parse([256, 300], 'inputs.sizes'), {
    message: /inputs\.sizes\[1\]: expected one of “256”, “512”, “1024”, got 300/,
  })
})

test('the visitor reads labels, not values', () => {
  assert.match(draw(scheduler, 'ddim'), /<option [^>]*selected[^>]*>DDIM<\/option>/)
  assert.match(draw(sizes, [256, 1024]), />256, 1024<\/button>/)
})
