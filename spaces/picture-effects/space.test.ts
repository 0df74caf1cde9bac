import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('every step of an effect arrives before the next is painted', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const steps: number[] = []
  for await (const patch of page.stream({ picture: 'examples/cat.jpg', effect: 'Mosaic', steps: 4 })) {
    if (patch.history) steps.push(patch.history.length)
  }
  assert.deepEqual(steps, [1, 2, 3, 4, 4])
})

test('the canvas is as large as the picture', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const { canvas } = await page.run({ picture: 'examples/cat.jpg', effect: 'Oil paint', steps: 1 })
  assert.ok(typeof canvas === 'object')
  assert.deepEqual([canvas.width, canvas.height], [451, 300])
})
