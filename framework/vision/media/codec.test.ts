import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isSpaceError, type SpaceError } from '#core/errors.ts'
import { openImage, readRgb } from './open-image.ts'

interface Case {
  width: number
  height: number
  sha256: string
  error?: string
  lax?: true
  optional?: true
  lax_error?: true
}

const folder = new URL('../../../test/fixtures/decode/', import.meta.url)
const { files } = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as { files: Record<string, Case> }

const failure = async (work: () => Promise<unknown>): Promise<SpaceError | null> => {
  try {
    await work()
    return null
  } catch (error) {
    assert.ok(isSpaceError(error), `expected a SpaceError, got ${error}`)
    return error
  }
}

for (const [name, wanted] of Object.entries(files)) {
  const read = async (input: URL | Uint8Array) => {
    const image = await openImage(input, { path: 'inputs.photo' })
    return { image, pixels: await image.rgb() }
  }
  if (wanted.error) {
    test(`${name} is refused with what is wrong`, async () => {
      const error = await failure(() => read(new URL(name, folder)))
      const atOnce = await failure(() => readRgb(new URL(name, folder), { path: 'inputs.photo' }))
      const inWorker = await failure(() => readRgb(new URL(name, folder), { path: 'inputs.photo', helpers: 0 }))
      assert.equal(inWorker?.message, atOnce?.message)
      if (error === null) return assert.ok(wanted.lax_error, 'it was read')
      assert.match(error.code, /^(file-type|file-broken|image-too-large)$/)
      assert.match(error.message, /^inputs\.photo: expected /)
      assert.equal(atOnce?.message, error.message, 'whether the header is read first or not')
    })
    continue
  }
  test(`${name} has the pixels that Pillow sees, from a file and from memory`, async () => {
    for (const input of [new URL(name, folder), readFileSync(new URL(name, folder))]) {
      const attempt = await read(input).catch((error: unknown) => error as SpaceError)
      if (attempt instanceof Error) {
        assert.ok(wanted.optional && isSpaceError(attempt), `${attempt}`)
        return
      }
      const { image, pixels } = attempt
      assert.deepEqual([image.width, image.height], [wanted.width, wanted.height])
      assert.deepEqual([pixels.width, pixels.height, pixels.channels], [wanted.width, wanted.height, 3])
      if (!wanted.lax) assert.equal(createHash('sha256').update(pixels.data).digest('hex'), wanted.sha256)
      assert.deepEqual(await readRgb(input), pixels)
      assert.deepEqual(await readRgb(input, { helpers: 0 }), pixels, 'in the thread of a worker')
    }
  })
}

test('where a GIF is transparent Pillow shows the colour underneath, and so do we', async () => {
  const { data } = await (await openImage(new URL('transparent.gif', folder))).rgb()
  assert.equal(createHash('sha256').update(data).digest('hex'), files['transparent.gif']?.sha256)
})

test('a picture whose header claims more pixels than allowed is refused before it is decoded', async () => {
  const error = await failure(() => openImage(new URL('bomb.png', folder)))
  assert.equal(error?.code, 'image-too-large')
  assert.match(error?.message ?? '', /60000 x 60000/)
})

test('a picture cut off in the middle is told from one that is none', async () => {
  const cut = await failure(async () => (await openImage(new URL('truncated.jpg', folder))).rgb())
  assert.equal(cut?.code, 'file-broken')
  assert.match(cut?.message ?? '', /truncated\.jpg.*ends too early/)
  assert.equal((await failure(() => openImage(new URL('html.jpg', folder))))?.code, 'file-type')
  assert.equal((await failure(() => openImage(new URL('nothing.jpg', folder))))?.code, 'media-missing')
})

test('a TIFF with a tile that cannot be read is refused, not shown with a hole', async () => {
  const { default: sharp } = await import('sharp')
  const picture = sharp(fileURLToPath(new URL('rgb.png', folder)))
  const tiles = { tile: true, tileWidth: 16, tileHeight: 16, compression: 'deflate' } as const
  const whole = new Uint8Array(await picture.tiff(tiles).toBuffer())
  const damaged = whole.slice().fill(255, 8, 200)
  for (const read of [readRgb, async (input: Uint8Array) => (await openImage(input)).rgb()]) {
    assert.equal((await read(whole)).width, 67)
    assert.equal((await failure(() => read(damaged)))?.code, 'file-broken')
  }
})
