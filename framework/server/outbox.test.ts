import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Outbox } from './outbox.ts'

const push = (outbox: Outbox, count: number) => {
  for (let i = 0; i < count; i++) outbox.push('"type":"x"}')
}
const numbersIn = (frame: string) => [JSON.parse(frame)].flat().map(({ seq }) => seq)

test('one message goes as it is, several share a frame', () => {
  const outbox = new Outbox(1000)
  push(outbox, 1)
  assert.equal(outbox.take(1000), '{"seq":1,"type":"x"}')
  push(outbox, 2)
  assert.deepEqual(numbersIn(outbox.take(1000)), [2, 3])
  assert.equal(outbox.hasUnsent, false)
})

test('a frame ends where it gets too long, and the next one goes on', () => {
  const outbox = new Outbox(1000)
  push(outbox, 5)
  assert.deepEqual(numbersIn(outbox.take(40)), [1, 2])
  assert.deepEqual(numbersIn(outbox.take(1000)), [3, 4, 5])
})

test('after a cut it begins again after what was seen, and knows whether all of that is still there', () => {
  const outbox = new Outbox(1000)
  push(outbox, 6)
  outbox.take(1000)
  assert.equal(outbox.rewind(2), true)
  assert.deepEqual(numbersIn(outbox.take(1000)), [3, 4, 5, 6])
  assert.equal(outbox.rewind(6), true)
  assert.equal(outbox.hasUnsent, false)
  outbox.trim(4)
  assert.equal(outbox.rewind(1), false)
  assert.deepEqual(numbersIn(outbox.take(1000)), [7].slice(1))
})

test('what nobody acknowledges is forgotten above the limit, the oldest first, never the newest', () => {
  const outbox = new Outbox(45)
  push(outbox, 10)
  assert.ok(outbox.chars <= 45)
  assert.equal(outbox.rewind(7), false)
  assert.equal(outbox.rewind(8), true)
  const large = new Outbox(5)
  push(large, 1)
  assert.deepEqual(numbersIn(large.take(1000)), [1])
})

test('thousands of acknowledged messages take no room', () => {
  const outbox = new Outbox(1_000_000)
  for (let round = 1; round <= 50; round++) {
    push(outbox, 100)
    outbox.take(1_000_000)
    outbox.trim(round * 100)
  }
  assert.equal(outbox.chars, 0)
  push(outbox, 1)
  assert.deepEqual(numbersIn(outbox.take(100)), [5001])
})

test('it knows at any time how much no connection has taken', () => {
  const outbox = new Outbox(100)
  const real = () => {
    const all = new Outbox(Infinity)
    push(all, outbox.seq)
    all.trim(outbox.sent)
    return all.chars
  }
  push(outbox, 3)
  assert.equal(outbox.unsentChars, real())
  outbox.take(1)
  assert.equal(outbox.unsentChars, real())
  outbox.rewind(0)
  assert.equal(outbox.unsentChars, real())
  push(outbox, 10)
  assert.equal(outbox.unsentChars, outbox.chars, 'what was forgotten does not count')
  outbox.trim(outbox.seq)
  assert.deepEqual([outbox.unsentChars, outbox.hasUnsent], [0, false])
  push(outbox, 1)
  assert.deepEqual(numbersIn(outbox.take(1000)), [outbox.seq], 'nothing is skipped after an early acknowledgement')
})
