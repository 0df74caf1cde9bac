import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isSpaceError } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { createImage, openImage } from './open-image.ts'

const file = (name: string) => new URL(`../../../test/fixtures/decode/${name}`, import.meta.url)

/** 4 x 2 pixels: a red left half and a blue right half, the last pixel half transparent. */
function flag(): Pixels {
  const red = [255, 0, 0, 255]
  const blue = [0, 0, 255, 255]
  return {
    width: 4,
    height: 2,
    channels: 4,
    data: Uint8Array.from([...red, ...red, ...blue, ...blue, ...red, ...red, ...blue, 0, 0, 255, 128]),
  }
}

const throwsOn = (work: () => unknown, message: RegExp) =>
  assert.throws(work, (error: Error) => isSpaceError(error) && message.test(error.message))

test('a photo says its size after the turn, its kind and its name, without being decoded', async () => {
  const image = await openImage(fileURLToPath(file('exif_6.jpg')))
  assert.deepEqual([image.width, image.height, image.mime, image.name], [43, 67, 'image/jpeg', 'exif_6.jpg'])
})

test('what nobody changed is given back as the bytes that came', async () => {
  const bytes = readFileSync(file('rgb.jpg'))
  assert.deepEqual(await (await openImage(file('rgb.jpg'))).bytes(), bytes)
  assert.equal(await (await openImage(bytes)).bytes(), bytes)
})

test('the same picture comes from a path, a URL, bytes, a blob and a data URL', async () => {
  const bytes = readFileSync(file('rgb.png'))
  const wanted = await (await openImage(file('rgb.png'))).rgb()
  const dataUrl = `data:image/png;base64,${bytes.toString('base64')}`
  const arrayBuffer = new Uint8Array(bytes).buffer
  for (const input of [fileURLToPath(file('rgb.png')), bytes, arrayBuffer, new Blob([bytes]), dataUrl]) {
    assert.deepEqual(await (await openImage(input)).rgb(), wanted)
  }
})

test('an image made of pixels survives PNG to the last bit', async () => {
  const image = createImage(flag())
  const again = await openImage(await image.bytes())
  assert.deepEqual((await again.pixels()).data, flag().data)
  assert.equal(image.mime, 'image/png')
})

test('grey pixels are read as RGB and RGBA', async () => {
  const grey = createImage({ width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 200) })
  assert.deepEqual([...(await grey.rgb()).data], [7, 7, 7, 200, 200, 200])
  assert.deepEqual([...(await grey.pixels()).data], [7, 7, 7, 255, 200, 200, 200, 255])
})

test('transparency becomes white in JPEG', async () => {
  const clear = createImage({ width: 8, height: 8, channels: 4, data: new Uint8Array(256) })
  const { data } = await (await openImage(await clear.encode('jpeg'))).rgb()
  assert.ok(data.every((value) => value === 255))
})

test('a tensor has planes of 0..1', async () => {
  const { type, dims, data } = await createImage(flag()).toTensor()
  assert.equal(type, 'float32')
  assert.deepEqual(dims, [3, 2, 4])
  assert.deepEqual([...data.subarray(0, 4)], [1, 1, 0, 0])
  assert.deepEqual([...data.subarray(16, 20)], [0, 0, 1, 1])
})

test('cutting, shrinking and greying follow each other', async () => {
  const image = createImage(flag())
  const left = image.crop({ left: 0, top: 0, width: 2, height: 2 })
  assert.deepEqual([...(await left.rgb()).data], [255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0])
  const grey = await left.grayscale().rgb()
  assert.ok(grey.data.every((value) => value === 76))
  const small = image.resize({ width: 2 })
  assert.deepEqual([small.width, small.height], [2, 1])
  assert.deepEqual([(await small.rgb()).width, (await small.rgb()).height], [2, 1])
})

test('a size that must fit keeps the aspect ratio, one that must cover or contain is exact', async () => {
  const image = await openImage(file('rgb.jpg'))
  for (const [fit, width, height] of [
    ['inside', 20, 13],
    ['cover', 20, 20],
    ['contain', 20, 20],
    ['fill', 20, 20],
  ] as const) {
    const resized = image.resize({ width: 20, height: 20, fit })
    assert.deepEqual([resized.width, resized.height], [width, height], fit)
    const pixels = await resized.pixels()
    assert.deepEqual([pixels.width, pixels.height], [width, height], fit)
  }
})

test('blur spreads a point and leaves the picture alone at zero', async () => {
  const data = new Uint8Array(21 * 21)
  data[10 * 21 + 10] = 255
  const dot = createImage({ width: 21, height: 21, channels: 1, data })
  assert.equal(dot.blur(0), dot)
  const { data: blurred } = await dot.blur(2).rgb()
  assert.ok((blurred[(10 * 21 + 12) * 3] ?? 0) > 0)
  assert.ok((blurred[(10 * 21 + 10) * 3] ?? 0) < 255)
})

test('what cannot be is refused at once', () => {
  const image = createImage(flag())
  throwsOn(
    () => image.crop({ left: 3, top: 0, width: 2, height: 1 }),
    /crop: expected an area of whole pixels within 4 x 2/,
  )
  throwsOn(() => image.resize({}), /resize: expected a width or a height/)
  throwsOn(() => image.resize({ width: 0 }), /resize: width: expected pixels, 1 or more/)
  throwsOn(() => image.blur(-1), /blur: sigma/)
  throwsOn(() => createImage({ ...flag(), width: 5 }), /createImage: data: expected 40 bytes, got 32 bytes/)
})

test('a reading that is given up rejects with the reason of its signal', async () => {
  const image = await openImage(file('rgb.jpg'))
  const reason = new Error('no longer needed')
  await assert.rejects(image.rgb({ signal: AbortSignal.abort(reason) }), reason)
})

test('what a format or a machine has no room for is refused by name', async () => {
  const long = createImage({ width: 20_000, height: 1, channels: 1, data: new Uint8Array(20_000) })
  const refuses = (work: Promise<unknown>, message: RegExp) =>
    assert.rejects(work, (error: Error) => isSpaceError(error) && message.test(error.message))
  await refuses(long.encode('webp'), /^encode: webp: expected a picture of at most 16383 pixels a side/)
  await refuses(long.encode('avif'), /^encode: avif: .* 16384 pixels a side/)
  for (const quality of [0, 101, 50.5, Number.NaN])
    await refuses(long.encode('jpeg', { quality }), /^encode: quality: expected a whole number from 1 to 100/)
  assert.ok((await long.encode('jpeg', { quality: 1 })).length > 0)
  throwsOn(() => long.resize({ width: 20_000, height: 20_000 }), /^resize: expected a result of at most 100 megapixels/)
  throwsOn(() => long.resize({ width: 2, height: 2, fit: 'stretch' as 'fill' }), /^resize: fit: expected one of fill/)
  const data = new Float32Array(3) as unknown as Uint8Array
  throwsOn(() => createImage({ width: 1, height: 1, channels: 3, data }), /^createImage: data: expected 3 bytes/)
})
