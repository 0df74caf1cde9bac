/**
 * How a PNG is to be turned, where it does not say so in its own chunk for EXIF: ImageMagick and older editors write EXIF
 * as text, Adobe's only as XMP. Pillow's `exif_transpose` turns those pictures too; libvips does not look there.
 */

import { readFileSync } from 'node:fs'
import { crc32, inflateSync } from 'node:zlib'
import type { Source } from './codec.ts'
import { openReader, type Reader } from './read-at.ts'

/** Signature and header, after which a chunk may be put in. */
const START_BYTES = 33
/** Chunks before the pixels that are looked at, and how much of a text; more than any editor writes. */
const MAX_CHUNKS = 64
const MAX_TEXT_BYTES = 1 << 20

/** The file with EXIF where libvips looks for it; null for one that can be read as it is. */
export function withExif(source: Source): Uint8Array | null {
  const reader = openReader(source)
  try {
    const exif = hiddenExif(reader)
    if (!exif) return null
    const bytes = 'bytes' in source ? source.bytes : readFileSync(source.file)
    return Buffer.concat([bytes.subarray(0, START_BYTES), chunkOf('eXIf', exif), bytes.subarray(START_BYTES)])
  } finally {
    reader.close()
  }
}

function hiddenExif({ read }: Reader): Uint8Array | null {
  let asText: Uint8Array | null = null
  let asXmp: Uint8Array | null = null
  for (let at = START_BYTES, count = 0; count < MAX_CHUNKS; count++) {
    const head = Buffer.from(read(at, 8))
    const type = head.toString('latin1', 4)
    if (head.length < 8 || type === 'eXIf') return null
    if (type === 'IDAT') break
    const length = head.readUInt32BE(0)
    if (/^(tEXt|zTXt|iTXt)$/.test(type) && length <= MAX_TEXT_BYTES) {
      const [keyword, text] = textOf(type, Buffer.from(read(at + 8, length)))
      if (keyword === 'Raw profile type exif') asText = exifOfProfile(text)
      if (keyword === 'XML:com.adobe.xmp') asXmp = exifOfXmp(text)
    }
    at += 12 + length
  }
  return asText ?? asXmp
}

/** Keyword and text of a chunk: PNG, sections 11.3.3.2 to 11.3.3.4. */
function textOf(type: string, data: Buffer): [keyword: string, text: string] {
  const end = Math.max(0, data.indexOf(0))
  const keyword = data.toString('latin1', 0, end)
  if (type === 'tEXt') return [keyword, data.toString('latin1', end + 1)]
  if (type === 'zTXt') return [keyword, inflated(data.subarray(end + 2))]
  const rest = data.subarray(data.indexOf(0, data.indexOf(0, end + 3) + 1) + 1)
  return [keyword, data[end + 1] === 1 ? inflated(rest) : rest.toString('utf8')]
}

/** Nothing where it is damaged: the pixels do not depend on it. */
function inflated(data: Uint8Array): string {
  try {
    return inflateSync(data, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8')
  } catch {
    return ''
  }
}

/** After a line with the name and one with the length come hexadecimal digits, in lines. */
function exifOfProfile(text: string): Uint8Array | null {
  const bytes = Buffer.from(text.split('\n').slice(3).join(''), 'hex')
  const exif = bytes.toString('latin1', 0, 6) === 'Exif\0\0' ? bytes.subarray(6) : bytes
  return /^(II|MM)/.test(exif.toString('latin1', 0, 2)) ? exif : null
}

/** EXIF that says the turn and nothing else. */
function exifOfXmp(text: string): Uint8Array | null {
  const [, turn] = /tiff:Orientation(?:="|>)([1-8])/.exec(text) ?? []
  return turn ? Buffer.from(`49492a0008000000010012010300010000000${turn}00000000000000`, 'hex') : null
}

function chunkOf(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}
