import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import sharp from 'sharp'
import { Gallery, Image, Number, refused, Slider, space, Text } from '../index.ts'
import { openSpace } from './index.ts'

const counter = space({
  title: 'Counter',
  inputs: { to: Slider({ min: 1, max: 5, initial: 3 }), label: Text({ initial: 'step' }) },
  outputs: { n: Number(), line: Text() },
  async *run({ to, label }) {
    for (let n = 1; n < to; n++) yield { n }
    return { n: to, line: `${label} ${to}` }
  },
  examples: [{ to: 2 }, { label: 'one', to: 1 }],
})

test('a space runs without a browser, and what is left out holds its initial value', async () => {
  await using page = await openSpace(counter)
  assert.deepEqual(await page.run(), { n: 3, line: 'step 3' })
  assert.deepEqual(await page.run({ to: 5 }), { n: 5, line: 'step 5' })
  assert.deepEqual(await page.example(1), { n: 1, line: 'one 1' })
  await assert.rejects(page.example(2), /example: expected an index below 2, got 2/)
})

test('every yield can be looked at, and the task waits while nobody looks', async () => {
  await using page = await openSpace(counter)
  const seen: unknown[] = []
  for await (const outputs of page.stream({ to: 3 })) seen.push(outputs)
  assert.deepEqual(seen, [{ n: 1 }, { n: 2 }, { n: 3, line: 'step 3' }])
})

test('leaving a stream early, or aborting, ends the task', async () => {
  let isClosed = false
  const endless = space({
    title: 'Endless',
    inputs: {},
    outputs: { n: Number() },
    async *run(_, { signal }) {
      try {
        for (let n = 0; !signal.aborted; n++) yield { n }
        return { n: -1 }
      } finally {
        isClosed = true
      }
    },
  })
  await using page = await openSpace(endless)
  for await (const { n } of page.stream()) if (n === 3) break
  while (!isClosed) await new Promise((resolve) => setImmediate(resolve))
  const controller = new AbortController()
  const run = page.run({}, { signal: controller.signal })
  setImmediate(() => controller.abort())
  await assert.rejects(run, { name: 'AbortError' })
})

test('mistakes come back as a visitor would read them, and the author’s own errors as they were thrown', async () => {
  const picky = space({
    title: 'Picky',
    inputs: { n: Number({ max: 9 }) },
    outputs: { n: Number() },
    run: ({ n }) => {
      if (n === 1) throw refused('Not one.')
      if (n === 2) throw new RangeError('inner')
      return { n: n === 3 ? ('three' as unknown as number) : n }
    },
  })
  await using page = await openSpace(picky)
  await assert.rejects(page.run({ n: 10 }), { code: 'invalid-value' })
  await assert.rejects(page.run(), { code: 'input-missing' })
  await assert.rejects(page.run({ m: 1 } as never), { code: 'input-unknown' })
  await assert.rejects(page.run({ n: 1 }), { code: 'refused', message: /Not one\./ })
  await assert.rejects(page.run({ n: 2 }), RangeError)
  await assert.rejects(page.run({ n: 3 }), { code: 'output-invalid' })
  assert.deepEqual(await page.run({ n: 4 }), { n: 4 })
})

test('media are given by path, as bytes or as an image, and come back as run() answered them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-test-'))
  try {
    const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#36c' } })
      .png()
      .toBuffer()
    await writeFile(join(folder, 'blue.png'), bytes)
    const half = space({
      title: 'Half',
      inputs: { photo: Image(), more: Gallery() },
      outputs: { small: Image(), count: Number() },
      run: ({ photo, more }) => ({ small: photo.resize({ width: photo.width / 2 }), count: more.length }),
    })
    await using page = await openSpace(half, { from: folder })
    const { small, count } = await page.run({ photo: 'blue.png', more: ['blue.png', { image: 'blue.png' }] })
    assert.ok(typeof small !== 'string')
    assert.deepEqual([small.width, small.height, count], [15, 10, 2])
    const again = await page.run({ photo: small, more: [{ image: small, caption: null }] })
    assert.ok(typeof again.small !== 'string')
    assert.equal(again.small.width, 8)
    const fromBytes = await page.run({ photo: bytes, more: [] })
    assert.ok(typeof fromBytes.small !== 'string')
    assert.equal(fromBytes.small.width, 15)
    await assert.rejects(page.run({ photo: Buffer.from('%PDF-1.4'), more: [] }), /expected a picture, got a PDF/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('what setup gave is disposed with the space', async () => {
  const events: string[] = []
  const modelled = space({
    title: 'Modelled',
    inputs: {},
    outputs: { n: Number() },
    setup: async () => {
      events.push('setup')
      return { [Symbol.asyncDispose]: async () => void events.push('disposed') }
    },
    run: () => ({ n: 1 }),
  })
  {
    await using page = await openSpace(modelled)
    await Promise.all([page.run(), page.run()])
  }
  assert.deepEqual(events, ['setup', 'disposed'])
})
