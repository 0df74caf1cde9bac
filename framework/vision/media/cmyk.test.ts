import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rgbOfCmyk } from './cmyk.ts'
import { openImage, readRgb } from './open-image.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/decode/${name}`, import.meta.url))

test('inks leave of white what Pillow says', () => {
  const inks = Uint8Array.of(255, 255, 127, 0, 248, 255, 128, 0, 0, 0, 0, 255, 100, 50, 200, 60, 1, 254, 77, 3)
  assert.deepEqual([...rgbOfCmyk(inks)], [0, 0, 128, 7, 0, 127, 0, 0, 0, 119, 157, 42, 251, 1, 176])
})

test('a picture for the printer has the numbers that Pillow gives, from a file and from memory', async () => {
  const rows = async (name: string) => [...(await readRgb(fixture(name))).data.subarray(0, 6)]
  const wanted = await rows('rgb.tiff')
  assert.deepEqual(await rows('cmyk.tiff'), wanted)
  const { data, channels } = await (await openImage(fixture('cmyk.jpg'))).rgb()
  assert.equal(channels, 3)
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs((data[i] as number) - value) < 12, `${data[i]} ${value}`)
})

test('its four channels and what is made of it have the same colours', async () => {
  const image = await openImage(fixture('cmyk.jpg'))
  const { width, height, data: wanted } = await image.rgb()
  const { data, channels } = await image.pixels()
  assert.equal(channels, 4)
  assert.ok(data.every((value, i) => value === (i % 4 === 3 ? 255 : wanted[(i >> 2) * 3 + (i % 4)])))
  assert.deepEqual((await image.crop({ left: 0, top: 0, width, height }).rgb()).data, wanted)
  const half = await image.resize({ width: 8, height: 8 }).rgb()
  const meanOf = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  assert.ok(Math.abs(meanOf(half.data) - meanOf(wanted)) < 3)
})
