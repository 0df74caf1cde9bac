/** Checks uploaded pictures without decoding them, and makes small ones of them. sharp is loaded when first needed. */

import { SpaceError } from '#core/errors.ts'
import { isCutOff } from './picture-end.ts'
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
  const { path, name, mime } = about
  const { checkPages, checkSize } = await import('#vision/media/bounds.ts')
  checkPages({ file }, mime, about, 'a picture')
  const { width, height } = (await readPictureSize(file)) ?? (await askLibrary(file, about))
  checkSize({ width, height }, about, maxPixels)
  const broken = (reason: string) => new SpaceError('file-broken', { path, name, expected: 'a picture', reason })
  if (width * height === 0) throw broken(`it is ${width} x ${height} pixels`)
  if (await isCutOff(file, mime)) throw broken('it ends too early')
  return { width, height }
}

async function askLibrary(file: string, about: { name: string; path: string }): Promise<PictureSize> {
  const { readHeader } = await import('#vision/media/codec.ts')
  return readHeader({ file }, about, Number.POSITIVE_INFINITY)
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
