import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeFrame } from './code-frame.ts'

const source = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join('\n')

test('a frame shows two lines around the place and points at it', () => {
  assert.equal(
    codeFrame(source, 9, 6, 3),
    '   7 | line 7\n   8 | line 8\n>  9 | line 9\n     |      ^\n  10 | line 10\n  11 | line 11',
  )
})

test('a frame stays within the file, at its first line and after its last', () => {
  assert.equal(codeFrame('one', 1, 1, 3), '> 1 | one\n    | ^^^')
  assert.equal(codeFrame('a\nb', 3, 1), '  1 | a\n  2 | b')
  assert.equal(codeFrame('\tx', 1, 2), '> 1 |  x\n    |  ^')
})
