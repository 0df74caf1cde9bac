import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('the result is as large as the photo', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const { result } = await page.run({ photo: 'examples/photo.jpg' })
  assert.ok(typeof result === 'object')
  assert.deepEqual([result.width, result.height], [480, 320])
})
