/**
 * Width and height out of the headers of the common formats, so that a page with example pictures starts without an
 * image library. Where a header does not say it plainly the answer is null, and the library is asked.
 */

import { type FileHandle, open } from 'node:fs/promises'

export interface PictureSize {
  /** Pixels, after the EXIF turn. */
  readonly width: number
  readonly height: number
}

export async function readPictureSize(path: string): Promise<PictureSize | null> {
  await using file = await open(path)
  const head = await readAt(file, 0, 64)
  if (head.length < 32) return null
  if (head.readUInt16BE(0) === 0xffd8) return await jpegSize(file)
  if (head.toString('latin1', 1, 4) === 'PNG') return await pngSize(file, head)
  if (head.toString('latin1', 0, 4) === 'GIF8') return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) }
  if (head.toString('latin1', 8, 12) === 'WEBP') return webpSize(head)
  return null
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** Chunks that may stand before the pixels and are looked at; more than any camera writes. */
const MAX_CHUNKS = 200

/** Walks the segments up to the frame header (SOF); EXIF before it may turn the picture. */
async function jpegSize(file: FileHandle): Promise<PictureSize | null> {
  let position = 2
  let turned = false
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const segment = await readAt(file, position, 16)
    if (segment.length < 9 || segment[0] !== 0xff) return null
    const marker = segment[1] ?? 0
    const length = segment.readUInt16BE(2)
    // All frame headers but those of tables (C4), extensions (C8) and arithmetic conditioning (CC).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [segment.readUInt16BE(5), segment.readUInt16BE(7)]
      if (width === 0 || height === 0) return null
      return turned ? { width: height, height: width } : { width, height }
    }
    if (marker === 0xe1 && segment.toString('latin1', 4, 8) === 'Exif') {
      turned = isTurned(await readAt(file, position + 10, length - 8))
    }
    position += 2 + length
  }
  return null
}

const ORIENTATION = 0x0112

/** Whether EXIF's first directory says an orientation of 5 to 8, those that swap the sides. */
function isTurned(tiff: Buffer): boolean {
  if (tiff.length < 14) return false
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (start + 2 > tiff.length) return false
  const entries = short(start)
  for (let index = 0; index < entries; index++) {
    const at = start + 2 + index * 12
    if (at + 12 > tiff.length) return false
    if (short(at) === ORIENTATION) return short(at + 8) >= 5
  }
  return false
}

/** What a text begins with that holds EXIF, as ImageMagick writes it. */
const EXIF_TEXT = 'Raw profile type exif'

/** IHDR comes first; EXIF, which PNG may carry too, anywhere before the pixels: then it is not plain any more. */
async function pngSize(file: FileHandle, head: Buffer): Promise<PictureSize | null> {
  let position = 8
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const chunk = await readAt(file, position, 8 + EXIF_TEXT.length)
    if (chunk.length < 8) return null
    const type = chunk.toString('latin1', 4, 8)
    if (type === 'eXIf' || chunk.toString('latin1', 8) === EXIF_TEXT) return null
    if (type === 'IDAT') return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
    position += 12 + chunk.readUInt32BE(0)
  }
  return null
}

/** The flag of the extended header that says EXIF follows. */
const WEBP_EXIF = 0x08

function webpSize(head: Buffer): PictureSize | null {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = head.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      if ((head[20] ?? 0) & WEBP_EXIF) return null
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
    default:
      return null
  }
}
