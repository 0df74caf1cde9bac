import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import sharp from 'sharp'
import { readPictureSize } from './picture-size.ts'

const picture = () => sharp({ create: { width: 40, height: 30, channels: 3, background: '#c33' } })

async function sizeOf(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-test-'))
  try {
    const file = join(folder, 'picture')
    await writeFile(file, bytes)
    return await readPictureSize(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('the header of every common format says how large the picture is', async () => {
  const size = { width: 40, height: 30 }
  assert.deepEqual(await sizeOf(await picture().jpeg().toBuffer()), size)
  assert.deepEqual(await sizeOf(await picture().jpeg({ progressive: true }).toBuffer()), size)
  assert.deepEqual(await sizeOf(await picture().png().toBuffer()), size)
  assert.deepEqual(await sizeOf(await picture().gif().toBuffer()), size)
  assert.deepEqual(await sizeOf(await picture().webp().toBuffer()), size)
  assert.deepEqual(await sizeOf(await picture().webp({ lossless: true }).toBuffer()), size)
  const transparent = sharp({
    create: { width: 40, height: 30, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } },
  })
  assert.deepEqual(await sizeOf(await transparent.webp().toBuffer()), size)
})

test('a photo that was taken upright is as high as it is seen, not as it is stored', async () => {
  for (const orientation of [1, 3]) {
    const bytes = await picture().withMetadata({ orientation }).jpeg().toBuffer()
    assert.deepEqual(await sizeOf(bytes), { width: 40, height: 30 })
  }
  for (const orientation of [5, 6, 7, 8]) {
    const bytes = await picture().withMetadata({ orientation }).jpeg().toBuffer()
    assert.deepEqual(await sizeOf(bytes), { width: 30, height: 40 })
  }
})

test('a header that may turn the picture in a rarer way, or is none, is left to the image library', async () => {
  assert.equal(await sizeOf(await picture().withMetadata({ orientation: 6 }).png().toBuffer()), null)
  assert.equal(await sizeOf(await picture().withMetadata({ orientation: 6 }).webp().toBuffer()), null)
  assert.equal(await sizeOf(Buffer.from('no picture at all, but long enough to be looked at')), null)
  const cut = (await picture().jpeg().toBuffer()).subarray(0, 60)
  assert.equal(await sizeOf(cut), null)
})
