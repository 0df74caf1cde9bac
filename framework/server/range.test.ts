import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRange } from './range.ts'

test('a range is read as RFC 9110 writes it', () => {
  assert.deepEqual(parseRange('bytes=0-0', 10), { start: 0, end: 0 })
  assert.deepEqual(parseRange('bytes=2-', 10), { start: 2, end: 9 })
  assert.deepEqual(parseRange('bytes=2-100', 10), { start: 2, end: 9 })
  assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 9 })
  assert.deepEqual(parseRange('bytes=-30', 10), { start: 0, end: 9 })
})

test('what cannot be met is said, and what is not understood is ignored', () => {
  assert.equal(parseRange('bytes=10-', 10), 'unsatisfiable')
  assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable')
  assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable')
  for (const header of [undefined, '', 'bytes=-', 'bytes=5-2', 'bytes=0-1,4-5', 'bytes=a-b', 'pages=1-2'])
    assert.equal(parseRange(header, 10), null, header)
})
