/** Checks uploaded pictures without decoding them, and makes small ones of them. sharp is loaded when first needed. */

import { open, stat } from 'node:fs/promises'
import { SpaceError } from '#core/errors.ts'
import { type PictureSize, readPictureSize } from './picture-size.ts'

/**
 * Reads the header and the end of a picture. A picture is known to be cut off by its end alone, which costs no decode.
 * @throws SpaceError `file-broken`, `image-too-large`
 */
export async function inspectPicture(
  file: string,
  about: { mime: string; name: string; path: string },
  maxPixels: number,
): Promise<PictureSize> {
  const { width, height } = (await readPictureSize(file)) ?? (await askLibrary(file, about))
  if (width * height > maxPixels)
    throw new SpaceError('image-too-large', { path: about.path, width, height, maxPixels })
  if (await isCutOff(file, about.mime)) {
    const { path, name } = about
    throw new SpaceError('file-broken', { path, name, expected: 'a picture', reason: 'it ends too early' })
  }
  return { width, height }
}

async function askLibrary(file: string, about: { name: string; path: string }): Promise<PictureSize> {
  const { readHeader } = await import('#vision/media/codec.ts')
  return readHeader({ file }, about, Number.POSITIVE_INFINITY)
}

/** Cameras and editors append data of their own: the end mark is looked for in this many last bytes. */
const TAIL_BYTES = 64 * 1024

const END_MARKS: Readonly<Record<string, Uint8Array>> = {
  'image/jpeg': Uint8Array.of(0xff, 0xd9),
  'image/png': new TextEncoder().encode('IEND'),
}

async function isCutOff(file: string, mime: string): Promise<boolean> {
  const { size } = await stat(file)
  await using handle = await open(file)
  if (mime === 'image/webp') {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.readUInt32LE(4) + 8 > size
  }
  const mark = END_MARKS[mime]
  if (mark === undefined) return false
  const length = Math.min(size, TAIL_BYTES)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
  return !buffer.subarray(0, bytesRead).includes(Buffer.from(mark))
}

/** A WebP no wider than `width` pixels, turned as EXIF says. */
export async function makeThumbnail(file: string, width: number): Promise<Uint8Array> {
  const { loadSharp } = await import('#vision/media/codec.ts')
  const sharp = await loadSharp()
  return sharp(file, { limitInputPixels: false, failOn: 'none' })
    .autoOrient()
    .resize({ width, withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer()
}
