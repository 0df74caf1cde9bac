/** What a file may claim to be before anything of it is decoded: a few bytes must not cost gigabytes or minutes. */

import { SpaceError } from '#core/errors.ts'
import type { About, Source } from './codec.ts'
import { openReader, type Reader } from './read-at.ts'

/** More than any camera makes, and 300 MB of RGB. */
export const MAX_PIXELS = 100_000_000

/** The most that JPEG and GIF can say. libvips holds several rows at a time, which is gigabytes where a row is everything. */
const MAX_SIDE = 65_535

/** libvips goes through all pictures of a file from the start for each of them: the square of this takes half a second. */
const MAX_PAGES = 10_000

interface Size {
  readonly width: number
  readonly height: number
}

/** @throws SpaceError `image-too-large` */
export function checkSize({ width, height }: Size, { path }: About, maxPixels = MAX_PIXELS): void {
  const tooLong = Math.max(width, height) > MAX_SIDE
  if (width * height > maxPixels) throw new SpaceError('image-too-large', { path, width, height, maxPixels })
  if (tooLong) throw new SpaceError('image-too-large', { path, width, height, maxPixels, maxSide: MAX_SIDE })
}

/** Whether only the whole header of a file tells if it is within the bounds, and not its count of pixels alone. */
export function isSuspicious(mime: string | null, head: Uint8Array): boolean {
  if (mime === 'image/png') return [16, 20].some((at) => viewOf(head, at + 4).getUint32(at) > MAX_SIDE)
  return mime === 'image/tiff' || (mime === 'image/webp' && isAnimated(head))
}

/** @throws SpaceError `file-broken` where there are more pictures in a file than anybody would look at. */
export function checkPages(source: Source, mime: string, { path, name }: About, expected: string): void {
  const count = { 'image/webp': chunksOfWebp, 'image/tiff': pagesOfTiff }[mime]
  if (!count) return
  const reader = openReader(source)
  try {
    if (count(reader) <= MAX_PAGES) return
  } finally {
    reader.close()
  }
  const reason = `it holds more than ${MAX_PAGES} pictures`
  throw new SpaceError('file-broken', name === null ? { path, expected, reason } : { path, expected, reason, name })
}

/** Zeros where the file is shorter. */
function viewOf(bytes: Uint8Array, length: number): DataView {
  const whole = bytes.length >= length ? bytes : Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0)
  return new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
}

const ascii = (bytes: Uint8Array, start: number) => String.fromCharCode(...bytes.subarray(start, start + 4))
const isAnimated = (head: Uint8Array) => ascii(head, 12) === 'VP8X' && ((head[20] ?? 0) & 2) !== 0

/** A frame is a chunk; of a still picture they are not counted. */
function chunksOfWebp({ read }: Reader): number {
  if (!isAnimated(read(0, 21))) return 0
  let count = 0
  for (let at = 12; count <= MAX_PAGES; count++) {
    const head = read(at, 8)
    if (head.length < 8) break
    const length = viewOf(head, 8).getUint32(4, true)
    at += 8 + length + (length & 1)
  }
  return count
}

/** Directories, each of which says where the next one is. Sizes: TIFF 6.0, section 2, and those of BigTIFF. */
function pagesOfTiff({ read }: Reader): number {
  const head = read(0, 16)
  const little = head[0] === 0x49
  const big = head[little ? 2 : 3] === 43
  const number = (at: number, length: 2 | 4 | 8) => {
    const view = viewOf(read(at, length), length)
    return length === 2
      ? view.getUint16(0, little)
      : length === 4
        ? view.getUint32(0, little)
        : Number(view.getBigUint64(0, little))
  }
  const [pointer, counter, entry] = big ? ([8, 8, 20] as const) : ([4, 2, 12] as const)
  let count = 0
  for (let at = number(big ? 8 : 4, pointer); at > 0 && count <= MAX_PAGES; count++) {
    at = number(at + counter + entry * number(at, counter), pointer)
  }
  return count
}
