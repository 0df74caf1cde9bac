import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns, inTurn } from './turn.ts'

/** Work that ends when it is told to, and how many of it are under way. */
function counted() {
  const ends: (() => void)[] = []
  let underWay = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++underWay)
    await new Promise<void>((resolve) => ends.push(resolve))
    underWay--
  }
  const endNext = async () => {
    ends.shift()?.()
    await new Promise(setImmediate)
  }
  return { work, endNext, most: () => most }
}

test('Runs of a graph of unknown length wait for each other', async () => {
  const { work, endNext, most } = counted()
  const turn = createTurns()
  const both = [turn(work), turn(work)]
  await new Promise(setImmediate)
  await endNext()
  await endNext()
  await Promise.all(both)
  assert.equal(most(), 1)
})

test('Runs of a short graph follow each other at once, also when one of them fails', async () => {
  const { work, endNext, most } = counted()
  const turn = createTurns()
  await turn(async () => {})
  const failing = turn(() => Promise.reject(new Error('no')))
  const both = [turn(work), turn(work)]
  await assert.rejects(failing, /no/)
  await endNext()
  await endNext()
  await Promise.all(both)
  assert.equal(most(), 2)
})

test('What fails in its turn does not keep the next one from its own', async () => {
  await assert.rejects(
    inTurn(() => Promise.reject(new Error('broken'))),
    /broken/,
  )
  assert.equal(await inTurn(async () => 7), 7)
})
