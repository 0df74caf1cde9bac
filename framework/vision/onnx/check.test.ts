import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { checkDeclaration, checkFeeds } from './check.ts'

test('a declaration that cannot be is refused by the name of its part', () => {
  checkDeclaration(
    { fit: 'letterbox', pad: 114, channels: 'bgr', scale: 1, size: { multipleOf: 32, maxSide: 960 } },
    undefined,
  )
  checkDeclaration(undefined, { kind: 'classes' })
  for (const [part, picture] of Object.entries({
    picture: 5,
    'picture.size': { size: [0, 32] },
    'picture.fit': { fit: 'squeeze' },
    'picture.mean': { mean: 'x' },
    'picture.std': { std: [1, 0, 1] },
    'picture.scale': { scale: Number.NaN },
    'picture.resample': { resample: 3 },
  }))
    assert.throws(() => checkDeclaration(picture, undefined), new RegExp(`SpaceError: ${part}: expected`))
  assert.throws(() => checkDeclaration(undefined, { kind: 'boxen' }), /head\.kind: expected one of classes, embedding/)
  assert.throws(() => checkDeclaration(undefined, 5), /head: expected/)
  assert.throws(() => checkDeclaration({ chanels: 'bgr' }, undefined), /picture\.chanels: .* Did you mean `channels`/)
  assert.throws(
    () => checkDeclaration({}, { kind: 'yolo', treshold: 1 }),
    /head\.treshold: .* Did you mean `threshold`/,
  )
  assert.throws(() => checkDeclaration({}, { kind: 'yolo', threshold: '1' }), /head\.threshold: expected a number/)
  assert.throws(
    () => checkDeclaration({}, { kind: 'classes', labels: 'cat' }),
    /head\.labels: expected a list of texts/,
  )
})

test('what is fed is tensors whose values fit their dimensions', () => {
  checkFeeds({ x: tensor('int64', BigInt64Array.of(1n, 2n), [1, 2]), y: undefined })
  assert.throws(() => checkFeeds('photo.jpg'), /feeds: expected tensors by the names/)
  assert.throws(() => checkFeeds({ x: 5 }), /x: expected a tensor/)
  assert.throws(() => checkFeeds({ x: { type: 'float32', dims: [1], data: [1] } }), /x: expected a tensor/)
  const short = { type: 'float32', dims: [1, 3], data: new Float32Array(2) }
  assert.throws(() => checkFeeds({ x: short }), /x: expected 3 values for \[1, 3\], got “2 values”/)
})
