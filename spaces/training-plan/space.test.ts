import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('the form’s first values already make a plan', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const { plan, note } = await page.run({})
  assert.equal((plan as { steps: number }).steps, 128 * 20)
  assert.match(note, /2,560 steps/)
})

test('a number out of range is refused with its limits', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  await assert.rejects(page.run({ epochs: 0 }), /inputs\.epochs: expected a whole number from 1 to 1000, got 0/)
})
