/**
 * Bytes to pixels and back through sharp. Decoding gives what Pillow's `ImageOps.exif_transpose` and `convert('RGB')`
 * give: the EXIF turn is applied, an embedded colour profile is not, alpha is dropped and not blended, 16 bits are cut
 * to 8, and of an animation the first frame counts.
 */

import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Sharp, SharpOptions } from 'sharp'
import { expected, isSpaceError, SpaceError } from '#core/errors.ts'
import type { ImageFormat, Pixels, Rectangle } from '#core/media.ts'
import { checkPages, checkSize, isSuspicious, MAX_PIXELS } from './bounds.ts'
import { inCmyk, readCmyk } from './cmyk.ts'
import { type FirstFrame, firstFrameOf, withoutAlpha } from './gif.ts'
import { decodeJpeg } from './jpeg/decode.ts'
import { withExif } from './png-turn.ts'
import { describeBytes, SNIFF_BYTES, sniffImage } from './sniff.ts'

/** Where encoded bytes are: in memory, or in a file. */
export type Source = { readonly bytes: Uint8Array } | { readonly file: string }

/** What the header says. */
export interface Header {
  readonly mime: string
  /** Pixels, after the EXIF turn. */
  readonly width: number
  readonly height: number
}

/** What a message calls the file, and where it belongs: `inputs.photo`. */
export interface About {
  readonly path: string
  readonly name: string | null
}

const PICTURE = 'a JPEG, PNG, WebP, GIF, AVIF or TIFF picture'

type SharpFactory = typeof import('sharp')['default']
let loading: Promise<SharpFactory> | null = null

/** sharp, loaded when the first picture comes. libvips' cache would give the old pixels of a file that was rewritten. */
export async function loadSharp(): Promise<SharpFactory> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false)
    return sharp
  })
  return loading
}

function inputOf(source: Source, mime: string | null): string | Uint8Array {
  const turned = mime === 'image/png' ? withExif(source) : null
  return turned ?? ('file' in source ? source.file : source.bytes)
}

/**
 * Reads the header alone, so that a picture of 60,000 x 60,000 pixels is refused before memory is taken for it.
 * @throws SpaceError `file-type`, `file-broken`, `file-gone`, `image-too-large`
 */
export async function readHeader(source: Source, about: About, maxPixels = MAX_PIXELS): Promise<Header> {
  const head = await readHead(source, about)
  const mime = sniffImage(head)
  if (mime === null) {
    const { path, name } = about
    throw new SpaceError('file-type', { path, expected: PICTURE, got: describeBytes(head), name: name ?? '' })
  }
  checkPages(source, mime, about, PICTURE)
  const sharp = await loadSharp()
  const metadata = await sharp(inputOf(source, mime), { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw broken(about, error)
    })
  const { width, height } = metadata.autoOrient
  checkSize({ width, height }, about, maxPixels)
  return { mime, width, height }
}

/**
 * The first bytes of a file, for telling what it is. At once: the four calls take 20 microseconds, and each would wait
 * in libuv's queue behind pictures that are being decoded.
 * @throws SpaceError `media-missing`
 */
export async function readHead(source: Source, about: About): Promise<Uint8Array> {
  if ('bytes' in source) return source.bytes.subarray(0, SNIFF_BYTES)
  if (byteLengthOf(source) === null) {
    throw new SpaceError('media-missing', { path: about.path, name: about.name ?? basename(source.file) })
  }
  const file = openFile(source.file, about)
  try {
    const head = new Uint8Array(SNIFF_BYTES)
    return head.subarray(0, readSync(file, head, 0, SNIFF_BYTES, 0))
  } finally {
    closeSync(file)
  }
}

function openFile(file: string, { path, name }: About): number {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    const denied = /^E(ACCES|PERM)$/.test(String((cause as NodeJS.ErrnoException).code))
    const reason = denied ? 'this process may not read it' : 'it cannot be opened'
    throw new SpaceError('media-missing', { path, name: name ?? basename(file), reason }, { cause })
  }
}

/** Null where there is no such file. */
export function byteLengthOf(source: Source): number | null {
  if ('bytes' in source) return source.bytes.length
  try {
    const facts = statSync(source.file, { throwIfNoEntry: false })
    return facts?.isFile() ? facts.size : null
  } catch {
    // Too long a name, a zero byte in it, a folder on the way that may not be entered.
    return null
  }
}

/** libvips calls it a mere warning where a tile of a TIFF cannot be read, and leaves a hole. */
const readingOf = (mime: string | null): SharpOptions => ({
  ignoreIcc: true,
  limitInputPixels: false,
  failOn: mime === 'image/tiff' ? 'warning' : 'error',
})

/**
 * Three channels, alpha dropped. The header must have been read: it is what holds the size limit.
 * @param area - the part that is wanted, after the EXIF turn; all of it is decoded, but less is copied.
 */
export async function decodeRgb(
  source: Source,
  about: About,
  area: Rectangle | null = null,
): Promise<Pixels & { channels: 3 }> {
  const mime = sniffImage(await readHead(source, about))
  const sharp = await loadSharp()
  const upright = sharp(inputOf(source, mime), readingOf(mime)).autoOrient()
  const pipeline = area ? upright.extract(area) : upright
  return finishRgb(pipeline, { source, mime, about, from: area ?? WHOLE }) as Promise<Pixels & { channels: 3 }>
}

const WHOLE = { left: 0, top: 0 }

/** Larger pictures go to libvips' threads in any case. */
const SMALL_PIXELS = 1_000_000
const SMALL_BYTES = 1_000_000

/** Pictures that libvips' threads are decoding for this one. */
let away = 0

/**
 * As `decodeRgb`, for a source whose header was not read: decoding checks the size, and the header says what was wrong.
 * @param helpers - how many of libvips' threads may decode for this one at a time: once they are busy, small pictures are
 * decoded here. Absent where the thread must not stand still.
 */
export async function decodeUnseen(
  source: Source,
  about: About,
  maxPixels: number,
  helpers = Infinity,
): Promise<Pixels> {
  const pixels = away >= helpers ? decodeHere(source, maxPixels) : null
  if (pixels) return pixels
  away++
  try {
    return await decodeAway(source, about, maxPixels)
  } finally {
    away--
  }
}

function decodeHere(source: Source, maxPixels: number): Pixels | null {
  const length = byteLengthOf(source)
  if (length === null || length > SMALL_BYTES) return null
  const bytes = 'bytes' in source ? source.bytes : readNow(source.file)
  return bytes && decodeJpeg(bytes, Math.min(maxPixels, SMALL_PIXELS))
}

/** Null where it cannot be read: whoever opens it to decode it elsewhere says why. */
function readNow(file: string): Uint8Array | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

async function decodeAway(source: Source, about: About, maxPixels: number): Promise<Pixels> {
  const head = await readHead(source, about)
  const mime = sniffImage(head)
  if (mime === null || isSuspicious(mime, head)) await readHeader(source, about, maxPixels)
  const sharp = await loadSharp()
  const pipeline = sharp(inputOf(source, mime), { ...readingOf(mime), limitInputPixels: maxPixels }).autoOrient()
  return finishRgb(pipeline, { source, mime, about, from: WHOLE }).catch(async (error: unknown) => {
    await readHeader(source, about, maxPixels)
    throw error
  })
}

/** Four channels; opaque where the picture has no alpha. */
export async function decodeRgba(source: Source, about: About): Promise<Pixels & { channels: 4 }> {
  return finish(await decoding(source, about), about) as Promise<Pixels & { channels: 4 }>
}

interface Reading {
  readonly source: Source
  readonly mime: string | null
  readonly about: About
  /** Where in the whole picture the pipeline begins. */
  readonly from: { readonly left: number; readonly top: number }
}

async function finishRgb(pipeline: Sharp, { source, mime, about, from }: Reading): Promise<Pixels> {
  if (await inCmyk(pipeline, source, mime)) return finishCmyk(pipeline, about)
  if (mime !== 'image/gif') return finish(pipeline.removeAlpha(), about)
  const pixels = await finish(pipeline.ensureAlpha(), about)
  const frame = firstFrameOf('bytes' in source ? source.bytes : await readFile(source.file)) ?? wholeFrame(pixels)
  return { ...pixels, channels: 3, data: withoutAlpha(pixels, frame, from) }
}

/** What a GIF draws that does not say it: everything. */
const wholeFrame = ({ width, height }: Pixels): FirstFrame => ({
  hidden: [0, 0, 0],
  area: { left: 0, top: 0, width, height },
})

async function finishCmyk(pipeline: Sharp, about: About): Promise<Pixels & { channels: 3 }> {
  return readCmyk(pipeline).catch((error: unknown) => {
    throw broken(about, error)
  })
}

async function finish(pipeline: Sharp, about: About): Promise<Pixels> {
  try {
    const { data, info } = await pipeline.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return { width, height, channels: info.channels as 1 | 3 | 4, data: bytes }
  } catch (error) {
    throw broken(about, error)
  }
}

function broken({ path, name }: About, error: unknown): SpaceError {
  if (isSpaceError(error)) return error
  const said = error instanceof Error ? error.message : String(error)
  const reason = /unexpected end|premature|truncat|out of order|not enough|read error at scanline/i.test(said)
    ? 'it ends too early'
    : 'its contents are damaged'
  const details = { path, expected: PICTURE, reason }
  return new SpaceError('file-broken', name === null ? details : { ...details, name }, { cause: error })
}

/** Opens pixels as a sharp pipeline, for resizing and encoding off this thread. */
export async function fromPixels({ width, height, channels, data }: Pixels): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
}

/** Opens encoded bytes as a sharp pipeline with alpha, so that a resize may be done while decoding. */
export async function decoding(source: Source, about: About): Promise<Sharp> {
  const mime = sniffImage(await readHead(source, about))
  const sharp = await loadSharp()
  const upright = sharp(inputOf(source, mime), readingOf(mime)).autoOrient()
  const inks = await inCmyk(upright, source, mime)
  return (inks ? await fromPixels(await finishCmyk(upright, about)) : upright).ensureAlpha()
}

/** Reads a pipeline back into pixels of as many channels. */
export async function toPixels(pipeline: Sharp, about: About = { path: 'image', name: null }): Promise<Pixels> {
  return finish(pipeline, about)
}

/** The longest side that a format has room for. */
const LONGEST: Readonly<Record<ImageFormat, number>> = { png: 2 ** 31 - 1, jpeg: 65_535, webp: 16_383, avif: 16_384 }

/**
 * JPEG has no alpha: what is transparent becomes white there.
 * @throws SpaceError `invalid-value`
 */
export async function encodePixels(pixels: Pixels, format: ImageFormat, quality?: number): Promise<Uint8Array> {
  const { width, height } = pixels
  if (!Object.hasOwn(LONGEST, format)) throw expected('encode', `one of ${Object.keys(LONGEST).join(', ')}`, format)
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100))
    throw expected('encode: quality', 'a whole number from 1 to 100', quality)
  if (Math.max(width, height) > LONGEST[format])
    throw expected(`encode: ${format}`, `a picture of at most ${LONGEST[format]} pixels a side`, `${width} x ${height}`)
  const pipeline = await fromPixels(pixels)
  const options = quality === undefined ? {} : { quality }
  switch (format) {
    case 'png':
      return pipeline.png().toBuffer()
    case 'jpeg':
      return pipeline.flatten({ background: '#fff' }).jpeg(options).toBuffer()
    case 'webp':
      return pipeline.webp(options).toBuffer()
    case 'avif':
      return pipeline.avif(options).toBuffer()
  }
}
