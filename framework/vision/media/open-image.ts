/** From whatever a caller has to an `Image`. */

import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expected, SpaceError } from '#core/errors.ts'
import type { Image, Pixels, Rectangle } from '#core/media.ts'
import { resolveFromFolder } from '../base-dir.ts'
import type { Part, Size } from '../task.ts'
import { webFetch } from '../web-fetch.ts'
import { MAX_PIXELS } from './bounds.ts'
import { type About, byteLengthOf, decodeRgb, decodeUnseen, type Header, readHeader, type Source } from './codec.ts'
import { ImageHandle, isImage, originOf } from './image.ts'
import { isPixelData, type PixelData, toPixels } from './pixel-data.ts'
import { sniffImage, sniffVideo } from './sniff.ts'

/** What counts as a picture: a path, a URL (`file:`, `http:`, `https:`, `data:`), the bytes of a file, pixels, or an `Image`. */
export type ImageInput = Image | string | URL | Uint8Array | ArrayBuffer | Blob | PixelData

export interface OpenImageOptions {
  /** More than this is refused from the header. Default 100 million. */
  maxPixels?: number
  /** Where the picture belongs; begins every message. Default `image`. */
  path?: string
  /** File name, where the input does not carry one. */
  name?: string
  signal?: AbortSignal
}

/**
 * Opens a picture. Only its header is read; pixels are decoded when they are asked for. Relative paths start at the
 * folder of the space.
 * @throws SpaceError `media-missing`, `file-type`, `file-broken`, `image-too-large`
 */
export async function openImage(input: ImageInput, options: OpenImageOptions = {}): Promise<Image> {
  if (isImage(input)) return input
  if (isPixelData(input)) return createImage(toPixels(input), options)
  const { path = 'image', maxPixels = MAX_PIXELS } = options
  const { source, name } = await locate(input, path, options.signal)
  const about: About = { path, name: options.name ?? name }
  return new ImageHandle({ kind: 'encoded', source, header: await readHeader(source, about, maxPixels) }, about)
}

export interface ReadRgbOptions extends OpenImageOptions {
  /** What of a picture of a size is needed, null for all of it: of large ones no more is kept. */
  reads?: (picture: Size) => Rectangle | null
  /** In a thread that may stand still for a small picture: how many others may decode for it. */
  helpers?: number
}

/** From here on it pays to read the header first, and to leave out what is not needed. */
const LARGE_PIXELS = 1_000_000
const LARGE_BYTES = 250_000

/**
 * RGB pixels of a picture that nobody needs as an `Image`: its header is not read by itself, unless something is wrong
 * or only a part is needed.
 * @throws as `openImage`
 */
export async function readRgb(input: unknown, options: ReadRgbOptions = {}): Promise<Pixels | Part> {
  const { path = 'image', maxPixels = MAX_PIXELS, signal, reads, helpers } = options
  if (isPixelData(input)) return createImage(toPixels(input), { path }).rgb(signal ? { signal } : {})
  if (isImage(input)) {
    const origin = originOf(input)
    if (origin?.kind !== 'encoded') return input.rgb(signal ? { signal } : {})
    const { source, header } = origin
    const about: About = { path, name: input.name }
    const area = reads ? largePart(header, reads) : null
    if (area) return decodePart(source, header, area, about)
    // Whoever opened it has checked its size.
    return decodeUnseen(source, about, header.width * header.height, helpers)
  }
  const { source, name } = await locate(input, path, signal)
  const about: About = { path, name: options.name ?? name }
  if (reads && (byteLengthOf(source) ?? 0) >= LARGE_BYTES) {
    const header = await readHeader(source, about, maxPixels)
    const area = largePart(header, reads)
    if (area) return decodePart(source, header, area, about)
  }
  return decodeUnseen(source, about, maxPixels, helpers)
}

const largePart = (header: Header, reads: (picture: Size) => Rectangle | null) =>
  header.width * header.height >= LARGE_PIXELS ? reads(header) : null

async function decodePart(source: Source, { width, height }: Header, area: Rectangle, about: About): Promise<Part> {
  const pixels = await decodeRgb(source, about, area)
  return { ...pixels, whole: { width, height }, left: area.left, top: area.top }
}

/**
 * Where the bytes of any input file are.
 * @param what - names it in messages.
 */
export async function locate(
  input: unknown,
  path: string,
  signal?: AbortSignal,
  what = 'a picture: a path, URL, bytes, Blob or Image',
): Promise<{ source: Source; name: string | null }> {
  if (input instanceof Uint8Array) return { source: { bytes: input }, name: null }
  if (input instanceof ArrayBuffer) return { source: { bytes: new Uint8Array(input) }, name: null }
  if (input instanceof Blob) {
    const name = 'name' in input && typeof input.name === 'string' ? basename(input.name) : null
    return { source: { bytes: new Uint8Array(await input.arrayBuffer()) }, name }
  }
  if (input instanceof URL) return fromUrl(input, path, signal)
  if (typeof input !== 'string' || input === '') {
    throw expected(path, what, input)
  }
  if (/^data:|^[a-z][a-z\d+.-]*:\/\//i.test(input) || /^file:/i.test(input)) {
    if (!URL.canParse(input)) throw expected(path, 'a URL that can be read', input)
    return fromUrl(new URL(input), path, signal)
  }
  const bytes = fromBase64(input)
  if (bytes) return { source: { bytes }, name: null }
  const file = resolveFromFolder(input)
  return { source: { file }, name: basename(file).slice(0, 100) }
}

/** Longer than a path has a reason to be. */
const BASE64_LENGTH = 256

/** A file's bytes as text without a `data:` in front, which the pipelines of Python take as well. */
function fromBase64(text: string): Uint8Array | null {
  if (text.length < BASE64_LENGTH || !/^[\w+/\s-]+={0,2}\s*$/.test(text)) return null
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  return sniffImage(bytes) || sniffVideo(bytes) ? bytes : null
}

/** Until an address begins to answer, in milliseconds. */
const ANSWER_MS = 30_000

async function fromUrl(url: URL, path: string, signal: AbortSignal | undefined) {
  if (url.protocol === 'file:') return fromFileUrl(url, path)
  const isData = url.protocol === 'data:'
  const shown = isData ? 'a data URL' : `${url.protocol}//${url.host}${url.pathname}`
  if (!isData && !/^https?:$/.test(url.protocol))
    throw expected(path, 'an address that begins with http:, https:, file: or data:', shown)
  try {
    const bytes = await download(url, signal)
    return { source: { bytes }, name: isData ? null : basename(url.pathname) || null }
  } catch (cause) {
    signal?.throwIfAborted()
    throw new SpaceError('media-missing', { path, name: shown, reason: whyNot(cause) }, { cause })
  }
}

function fromFileUrl(url: URL, path: string) {
  if (url.host !== '') throw expected(path, 'a file on this computer, file:///…', url.href)
  const file = fileURLToPath(url)
  return { source: { file }, name: basename(file) }
}

/** What an address says in place of a file. */
class Refusal extends Error {}

async function download(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Refusal(`no answer in ${ANSWER_MS / 1000} s`)), ANSWER_MS)
  try {
    const answer = await webFetch(url, { signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal })
    clearTimeout(timer)
    if (!answer.ok) throw new Refusal(`the answer is ${`${answer.status} ${answer.statusText}`.trim()}`)
    return new Uint8Array(await answer.arrayBuffer())
  } finally {
    clearTimeout(timer)
  }
}

/** In words for a visitor: no more than whether the address answers. */
const whyNot = (error: unknown): string =>
  error instanceof Refusal
    ? error.message
    : /terminated|other side closed/.test(String(error))
      ? 'the answer was cut off'
      : 'it cannot be reached'

/**
 * An image made of pixels: 1 (grey), 3 (RGB) or 4 (RGBA) channels of 8 bits, row-major. The bytes are not copied.
 * @throws SpaceError `invalid-value` where `data` does not hold `width * height * channels` bytes.
 */
export function createImage(pixels: Pixels, options: { name?: string; path?: string } = {}): Image {
  const { path = 'createImage', name = null } = options
  if (typeof pixels !== 'object' || pixels === null)
    throw expected(path, 'pixels { width, height, channels, data }', pixels)
  const { width, height, channels, data } = pixels
  if (!(Number.isInteger(width) && width > 0 && Number.isInteger(height) && height > 0)) {
    throw expected(path, 'a width and a height of whole pixels, 1 or more', `${width} x ${height}`)
  }
  if (![1, 3, 4].includes(channels)) throw expected(`${path}: channels`, '1, 3 or 4', channels)
  const isBytes = data instanceof Uint8Array || (data as unknown) instanceof Uint8ClampedArray
  if (!isBytes || data.length !== width * height * channels) {
    throw expected(`${path}: data`, `${width * height * channels} bytes`, data)
  }
  return new ImageHandle({ kind: 'pixels', pixels }, { path: 'image', name })
}
