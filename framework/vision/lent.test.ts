import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lendBuffer, startLending, takeBack } from './lent.ts'

const SIZE = 720_000

test('a buffer serves again once it was taken back, and never twice at a time', () => {
  const before = lendBuffer(SIZE)
  takeBack()
  assert.notEqual(lendBuffer(SIZE), before, 'a thread that does not lend')
  startLending()
  const first = lendBuffer(SIZE)
  const second = lendBuffer(SIZE)
  assert.notEqual(first, second)
  takeBack()
  const again = [lendBuffer(SIZE), lendBuffer(SIZE), lendBuffer(SIZE)]
  assert.deepEqual(new Set(again.slice(0, 2)), new Set([first, second]))
  assert.ok(!again.slice(0, 2).includes(again[2] as ArrayBuffer))
})

test('of another size, small or very large, a new one is given', () => {
  startLending()
  for (const bytes of [100, 100_000, 100 << 20]) {
    const first = lendBuffer(bytes)
    assert.equal(first.byteLength, bytes)
    takeBack()
    assert.equal(lendBuffer(bytes) === first, bytes === 100_000)
  }
})
