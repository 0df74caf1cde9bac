import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTemplate } from './template.ts'

test('a label stands where the braces are, and doubled braces are braces', () => {
  assert.deepEqual(inTemplate('This is a photo of {}.', ['a cat', '$& {}']), [
    'This is a photo of a cat.',
    'This is a photo of $& {}.',
  ])
  assert.deepEqual(inTemplate('{} und {{x}}', ['cat']), ['cat und {x}'])
  assert.deepEqual(inTemplate('{0}, yes {0}', ['cat']), ['cat, yes cat'])
})

test('a sentence without a place for the label is refused', () => {
  assert.throws(() => inTemplate('a photo of {{}}', ['cat']), /hypothesis_template/)
})
