import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf } from './transfer.ts'

const file = (type: string, size = 10) => new File([new Uint8Array(size)], 'report.pdf', { type })

test('what is no picture is refused before it travels, with what came and what to do', () => {
  assert.equal(
    refusalOf(file('application/pdf'), 100),
    'Expected a picture, got application/pdf (report.pdf). Choose a JPEG, PNG, WebP or AVIF file.',
  )
})

test('a picture that is too large says both sizes', () => {
  assert.equal(
    refusalOf(file('image/png', 3000), 2000),
    'Expected at most 2 KB, got 3 KB (report.pdf). Choose a smaller file.',
  )
})

test('an empty file is refused, one of a type unknown to the browser is left to the server', () => {
  assert.match(refusalOf(file('image/png', 0), 100) ?? '', /an empty file/)
  assert.equal(refusalOf(file(''), 100), null)
  assert.equal(refusalOf(file('image/png'), 100), null)
})
