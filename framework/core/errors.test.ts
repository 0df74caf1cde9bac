import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, ERRORS } from './error-catalogue.ts'
import { expected, isSpaceError, refused, SpaceError, show } from './errors.ts'
import { createProgress } from './progress.ts'

test('what a visitor is shown has a title, a message and a next step, and never a stack', () => {
  const error = new SpaceError(
    'file-too-large',
    { path: 'inputs.photo', maxBytes: 20e6, byteLength: 31.4e6 },
    { cause: new Error('disk') },
  )
  const shown = error.toPublic('7F3K-21QX')
  assert.deepEqual(shown, {
    code: 'file-too-large',
    title: 'The file is too large',
    message: 'inputs.photo: expected at most 20 MB, got 31 MB.',
    hint: 'Choose a smaller file.',
    reference: '7F3K-21QX',
  })
  assert.ok(!JSON.stringify(shown).includes('disk'))
})

test('a task’s own refusal reaches the visitor word for word', () => {
  const error = refused('There is no face in this photo.', 'Try one with a person in it.')
  assert.equal(error.toPublic().message, 'There is no face in this photo.')
  assert.equal(error.toPublic().hint, 'Try one with a person in it.')
  assert.equal(error.status, 422)
})

test('an error of another copy of this package is known as one', () => {
  class SpaceErrorOfAnotherCopy extends Error {
    override readonly name = 'SpaceError'
    readonly code = 'refused'
  }
  assert.ok(isSpaceError(new SpaceErrorOfAnotherCopy('no')))
  assert.ok(!isSpaceError(new Error('no')))
  assert.ok(!isSpaceError({ name: 'SpaceError', code: 'refused' }))
})

test('every entry of the catalogue is an HTTP status and a title', () => {
  for (const [code, { title, status }] of Object.entries(ERRORS)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/)
    assert.ok(title.length > 5 && status >= 400 && status < 600, code)
  }
})

test('a value is shown with its kind, and shortened', () => {
  assert.equal(show('seven'), '“seven” (text)')
  assert.equal(show(-1), '-1 (number)')
  assert.equal(show(undefined), 'nothing')
  assert.equal(show([1, 2, 3]), 'a list of 3')
  assert.equal(show({ a: 1, b: 2 }), 'an object with a, b')
  assert.match(expected('inputs.x', 'a number', 'x'.repeat(100)).message, /…” \(text\)/)
})

test('bytes are told in the largest unit that keeps them readable', () => {
  assert.deepEqual([0, 999, 1000, 234_567, 1_600_000, 2e6, 31.4e6, 5e9].map(bytes), [
    '0 B',
    '999 B',
    '1 KB',
    '235 KB',
    '1.6 MB',
    '2 MB',
    '31 MB',
    '5 GB',
  ])
})

test('progress stays between nothing and all, keeps its note, and walks lists', () => {
  const told: [number, string][] = []
  const progress = createProgress((fraction, note) => told.push([fraction, note]))
  progress(-3, 'Start')
  progress(0.5)
  progress(7)
  assert.deepEqual(told.splice(0), [
    [0, 'Start'],
    [0.5, 'Start'],
    [1, 'Start'],
  ])
  assert.deepEqual([...progress.over(['a', 'b'], 'Tiles')], ['a', 'b'])
  assert.deepEqual(told, [
    [0, 'Tiles'],
    [0.5, 'Tiles'],
    [1, 'Tiles'],
  ])
})
