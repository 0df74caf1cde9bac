import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('a cat is a cat', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const { labels } = await page.run({ image: 'examples/cat.jpg', top_k: 3 })
  assert.equal(labels[0].label, 'cat')
  assert.ok(labels[0].score > 0.8, `got ${labels[0].score}`)
})
