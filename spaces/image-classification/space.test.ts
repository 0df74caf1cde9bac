import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSpace } from 'spaces/testing'
import space from './space.ts'

test('a cup of coffee is an espresso, as surely as Python says', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const { labels } = await page.run({ photo: 'examples/coffee.jpg', top: 3 })
  assert.ok(Array.isArray(labels))
  assert.deepEqual(
    labels.map(({ label }) => label),
    ['espresso', 'pill bottle', 'wooden spoon'],
  )
  // Hugging Face's processor with onnxruntime in Python says 0.987; 8-bit kernels differ a little between processors.
  assert.ok(Math.abs((labels[0]?.score ?? 0) - 0.987) < 0.02, `got ${labels[0]?.score}`)
})

test('visitors who come together are answered each with their own photo', async () => {
  await using page = await openSpace(space, { from: import.meta.url })
  const photos = ['coffee', 'elephants', 'lion', 'coffee']
  const answers = await Promise.all(photos.map((name) => page.run({ photo: `examples/${name}.jpg`, top: 1 })))
  assert.deepEqual(
    answers.map(({ labels }) => (Array.isArray(labels) ? labels[0]?.label : null)),
    ['espresso', 'African elephant', 'lion', 'espresso'],
  )
})
