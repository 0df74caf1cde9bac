import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import { isSpaceError, type SpaceError } from '#core/errors.ts'
import { openVideo } from './frames.ts'
import { openImage, readRgb } from './open-image.ts'

const refusal = async (work: Promise<unknown>): Promise<SpaceError> => {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(isSpaceError(error), `${error}`)
  return error
}

const ascii = (text: string) => Buffer.from(text, 'latin1')

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([ascii(type), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

function png(width: number, height: number): Uint8Array {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0])
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  const pixels = deflateSync(Buffer.alloc((width + 1) * height))
  return Buffer.concat([
    ascii('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

test('a picture of one long row is refused by its side: libvips would take gigabytes for it', async () => {
  for (const read of [readRgb, openImage]) {
    const error = await refusal(read(png(70_000, 1)))
    assert.equal(error.code, 'image-too-large')
    assert.equal(
      error.message,
      'image: expected a picture of at most 65535 pixels a side, got 70000 x 1. Scale the picture down first.',
    )
    assert.equal((await read(png(65_535, 1))).width, 65_535)
  }
})

/** One pixel, and as many directories as asked, each after the other. */
function tiff(pages: number): Uint8Array {
  const entries = [256, 257, 258, 259, 262, 273, 277, 278, 279].map((tag, i) => [
    tag,
    [1, 1, 8, 1, 1, 8, 1, 1, 1][i] as number,
  ])
  const length = 2 + 12 * entries.length + 4
  const file = Buffer.alloc(12 + length * pages)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(12, 4)
  for (let page = 0; page < pages; page++) {
    const at = 12 + page * length
    file.writeUInt16LE(entries.length, at)
    for (const [i, [tag, value]] of (entries as [number, number][]).entries()) {
      file.writeUInt16LE(tag, at + 2 + 12 * i)
      file.writeUInt16LE(4, at + 4 + 12 * i)
      file.writeUInt32LE(1, at + 6 + 12 * i)
      file.writeUInt32LE(value, at + 10 + 12 * i)
    }
    if (page < pages - 1) file.writeUInt32LE(at + length, at + length - 4)
  }
  return file
}

/** An animation of one pixel in the lossless format. */
function webp(frames: number): Uint8Array {
  const part = (type: string, data: Uint8Array) => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32LE(data.length, 4)
    return Buffer.concat([head, data, Buffer.alloc(data.length & 1)])
  }
  const pixel = part('VP8L', Buffer.from('2f0000000007508426f4a0ff8188e87f00', 'hex'))
  const frame = part(
    'ANMF',
    Buffer.concat([Buffer.from('000000000000000000000000640000', 'hex'), Buffer.alloc(1), pixel]),
  )
  const start = part('VP8X', Buffer.from('02000000000000000000', 'hex'))
  const body = Buffer.concat([ascii('WEBP'), start, part('ANIM', Buffer.alloc(6)), ...Array(frames).fill(frame)])
  const head = Buffer.alloc(8)
  head.write('RIFF', 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body])
}

test('a file with more pictures than anybody looks at is refused: counting them would take minutes', async () => {
  for (const make of [tiff, webp]) {
    for (const read of [readRgb, openImage]) {
      const error = await refusal(read(make(20_000), { name: 'many.bin' }))
      assert.equal(error.code, 'file-broken')
      assert.match(error.message, /many\.bin.*it holds more than 10000 pictures/)
      assert.equal((await read(make(3))).width, 1)
    }
  }
  assert.match((await refusal(openVideo(webp(20_000)))).message, /more than 10000 pictures/)
})

test('a TIFF whose directories go round in a circle is refused', async () => {
  const file = Buffer.from(tiff(2))
  file.writeUInt32LE(12, file.length - 4)
  assert.equal((await refusal(openImage(file))).code, 'file-broken')
})
