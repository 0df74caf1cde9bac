import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('a cat is a cat', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const [best] = (await page.run({ image: 'examples/cat.jpg', top_k: 3 })).labels
  assert.equal(best?.label, 'cat')
  assert.ok(best.score > 0.8, `got ${best.score}`)
})
