import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('every stroke is a step on the page', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  let steps = 0
  for await (const patch of page.stream({ photo: 'examples/photo.jpg', strokes: 3 })) {
    assert.ok(patch.sketch)
    steps++
  }
  assert.ok(steps >= 3, `got ${steps}`)
})
