import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('a photo of a dahlia gives as many swatches as asked for, and CSS with the same colours', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const { swatches, css } = await page.run({ picture: 'examples/dahlia.jpg', count: 5 })
  assert.equal(swatches.length, 5)
  const colours = css.match(/#[0-9a-f]{6}/g) ?? []
  assert.equal(new Set(colours).size, 5)
  for (const [index, swatch] of swatches.entries()) {
    assert.ok(typeof swatch === 'object' && 'image' in swatch)
    assert.ok(swatch.caption?.startsWith(colours[index] ?? '?'))
  }
})
