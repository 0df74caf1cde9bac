import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import sharp from 'sharp'
import { assemble } from '../../../../test/helpers/assemble.ts'
import { decodeJpeg } from './decode.ts'
import { BINARY } from './kernel.ts'

const fixture = (name: string) => readFileSync(new URL(`../../../../test/fixtures/decode/${name}`, import.meta.url))
const MAX = 1_000_000

test('the binary is what decode.wat assembles to', async () => {
  assert.equal(await assemble(new URL('./decode.wat', import.meta.url)), BINARY)
})

/** Smooth in one direction and rough in the other; linear congruential numbers, the same in every run. */
function picture(width: number, height: number): Uint8Array {
  let state = width * 31 + height
  return new Uint8Array(width * height * 3).map((_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const x = Math.floor(i / 3) % width
    return (x * 5 + (i % 3) * 60 + (state >>> 26)) & 255
  })
}

const SIZES = [
  [5, 1],
  [8, 8],
  [16, 17],
  [33, 31],
  [97, 64],
  [250, 133],
] as const

for (const [width, height] of SIZES) {
  for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
    test(`${width} x ${height}, ${chromaSubsampling}, has the pixels that libjpeg gives, whatever the quality`, async () => {
      for (const quality of [1, 30, 75, 95, 100]) {
        const raw = { width, height, channels: 3 as const }
        const options = { quality, chromaSubsampling, optimiseCoding: quality % 2 === 0 }
        const bytes = await sharp(picture(width, height), { raw }).jpeg(options).toBuffer()
        const wanted = await sharp(bytes).raw().toBuffer()
        const decoded = decodeJpeg(bytes, MAX)
        assert.deepEqual([decoded?.width, decoded?.height, decoded?.channels], [width, height, 3])
        assert.ok(wanted.equals(decoded?.data ?? Buffer.alloc(0)), `quality ${quality}`)
      }
    })
  }
}

for (const name of ['rgb.jpg', 'rgb_420.jpg', 'rgb_422.jpg', 'icc_srgb.jpg', 'exif_1.jpg']) {
  test(`${name} is decoded here, with the pixels that libjpeg gives`, async () => {
    const decoded = decodeJpeg(fixture(name), MAX)
    const wanted = await sharp(fixture(name), { ignoreIcc: true }).raw().toBuffer()
    assert.ok(wanted.equals(decoded?.data ?? Buffer.alloc(0)))
  })
}

for (const name of [
  'cmyk.jpg',
  'exif_6.jpg',
  'exif_invalid.jpg',
  'grey.jpg',
  'rgb_420_progressive.jpg',
  'rgb.png',
  'html.jpg',
]) {
  test(`${name} is left to libvips`, () => assert.equal(decodeJpeg(fixture(name), MAX), null))
}

/** 24 x 40 pixels in three rows of units, by Pillow with `restart_marker_rows=1`. */
const RESTARTS =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAoABgDASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAAIBAwT/xAAZEAEBAQEBAQAAAAAAAAAAAAAAAQIRIUH/xAAXAQADAQAAAAAAAAAAAAAAAAAAAgMB/8QAGhEBAQEBAAMAAAAAAAAAAAAAAQACEUFRgf/dAAQAAv/aAAwDAQACEQMRAD8A8sipGyLkAdty2TI6ScBzJWG//9DnmLk4Zi5PQPCTLZnIuT4F76rDf//RrMXmeATx8o5qk5ACtYv/2Q=='

test('after each restart decoding goes on, and restarts that do not come are a fault', async () => {
  const bytes = Buffer.from(RESTARTS, 'base64')
  assert.ok((await sharp(bytes).raw().toBuffer()).equals(decodeJpeg(bytes, MAX)?.data ?? Buffer.alloc(0)))
  const promised = [
    fixture('rgb_420.jpg').subarray(0, 2),
    Buffer.from([0xff, 0xdd, 0, 4, 0, 5]),
    fixture('rgb_420.jpg').subarray(2),
  ]
  assert.equal(decodeJpeg(Buffer.concat(promised), MAX), null)
})

test('a picture that is larger than allowed, cut off, empty or followed by more is left to libvips', () => {
  const whole = fixture('rgb_420.jpg')
  assert.ok(decodeJpeg(whole, 67 * 43))
  assert.equal(decodeJpeg(whole, 67 * 43 - 1), null)
  for (let length = 0; length < whole.length; length++) assert.equal(decodeJpeg(whole.subarray(0, length), MAX), null)
  const extra = Buffer.concat([whole.subarray(0, -2), Buffer.alloc(3), whole.subarray(-2)])
  assert.equal(decodeJpeg(extra, MAX), null)
})

test('of a damaged picture either the pixels are those of libvips, or it is left to libvips', async () => {
  const whole = fixture('rgb.jpg')
  let decodedHere = 0
  for (let at = 20; at < whole.length; at += 7) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] as number) ^ 0x15
    const decoded = decodeJpeg(damaged, MAX)
    if (!decoded) continue
    decodedHere++
    assert.ok((await sharp(damaged, { ignoreIcc: true }).raw().toBuffer()).equals(decoded.data), `byte ${at}`)
  }
  assert.ok(decodedHere > 0)
})
