import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentenceOf } from './use-uploads.ts'

test('why a file was refused is said without the path, which the field itself is', () => {
  const error = { message: 'inputs.photos[2].image: expected a picture, got text (a.png).', hint: 'Choose a picture.' }
  assert.equal(sentenceOf(error), 'Expected a picture, got text (a.png). Choose a picture.')
})

test('a failure without words is still told', () => {
  assert.equal(sentenceOf(undefined), 'The file could not be sent. Try again.')
  assert.equal(sentenceOf({ message: 'The connection broke off.', hint: '' }), 'The connection broke off.')
})
