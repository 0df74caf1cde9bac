import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import { createImage, openImage, readRgb } from './open-image.ts'

/** 3 x 2 greys, with a chunk between header and pixels. */
async function png(type: string, data: Uint8Array): Promise<Uint8Array> {
  const plain = await createImage({ width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }).encode(
    'png',
  )
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([plain.subarray(0, 33), ends.subarray(0, 4), body, ends.subarray(4), plain.subarray(33)])
}

/** EXIF with an orientation alone, as ImageMagick writes it into a text. */
function profile(turn: number): string {
  const exif = `45786966000049492a000800000001001201030001000000${turn.toString(16).padStart(2, '0')}00000000000000`
  return `\nexif\n${String(exif.length / 2).padStart(8)}\n${exif.slice(0, 40)}\n${exif.slice(40)}\n`
}
const xmp = (turn: number) => `XML:com.adobe.xmp\0\0\0\0\0<rdf:Description tiff:Orientation="${turn}"/>`
const latin = (text: string) => Buffer.from(text, 'latin1')

const greys = async (file: Uint8Array | string) => {
  const { width, height, data } = await readRgb(file)
  assert.deepEqual([...(await (await openImage(file)).rgb()).data], [...data])
  return [`${width} x ${height}`, ...data.filter((_, i) => i % 3 === 0)]
}

test('a PNG is turned as its EXIF or XMP says, which Pillow reads from texts too', async () => {
  const turned = ['2 x 3', 4, 1, 5, 2, 6, 3]
  const name = 'Raw profile type exif\0'
  assert.deepEqual(await greys(await png('tEXt', latin(name + profile(6)))), turned)
  assert.deepEqual(await greys(await png('zTXt', Buffer.concat([latin(`${name}\0`), deflateSync(profile(6))]))), turned)
  assert.deepEqual(await greys(await png('iTXt', latin(xmp(6)))), turned)
  assert.deepEqual(await greys(await png('iTXt', latin(xmp(2)))), ['3 x 2', 3, 2, 1, 6, 5, 4])
  const folder = await mkdtemp(join(tmpdir(), 'spaces-test-'))
  try {
    const file = join(folder, 'turned.png')
    await writeFile(file, await png('iTXt', latin(xmp(6))))
    assert.deepEqual(await greys(file), turned)
    const image = await openImage(file)
    assert.deepEqual([image.width, image.height, (await image.resize({ width: 4 }).rgb()).height], [2, 3, 6])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a text that says no turn changes nothing', async () => {
  const plain = ['3 x 2', 1, 2, 3, 4, 5, 6]
  for (const [type, text] of [
    ['tEXt', 'Comment\0tiff:Orientation="6"'],
    ['tEXt', 'Raw profile type exif\0\nexif\n 3\nnone\n'],
    ['tEXt', 'Raw profile type exif'],
    ['zTXt', 'Raw profile type exif\0\0damaged'],
    ['iTXt', 'XML:com.adobe.xmp'],
    ['iTXt', xmp(9)],
  ] as const)
    assert.deepEqual(await greys(await png(type, latin(text))), plain, text)
})
