/** Animated GIF and WebP as frames, through sharp. A still picture is a video of one frame. */

import { SpaceError } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { checkPages, checkSize } from './bounds.ts'
import { type About, loadSharp, type Source } from './codec.ts'
import { VIDEOS, type VideoReader } from './frames.ts'
import { ImageHandle } from './image.ts'

/** What browsers show a frame for whose file says 0 or next to nothing. In milliseconds. */
const USUAL_DELAY = 100
const LEAST_DELAY = 20

/** Pages that are read together take no more memory than this. */
const BYTES_AT_ONCE = 32 << 20

export async function openAnimation(source: Source, mime: string, about: About): Promise<VideoReader> {
  checkPages(source, mime, about, VIDEOS)
  const sharp = await loadSharp()
  const input = 'file' in source ? source.file : source.bytes
  const open = (some: { page?: number; pages?: number } = {}) =>
    sharp(input, { ignoreIcc: true, limitInputPixels: false, failOn: 'error', ...some })

  const metadata = await open()
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(about, cause)
    })
  const { width, pages = 1, delay = [] } = metadata
  const height = metadata.pageHeight ?? metadata.height
  checkSize({ width, height }, about)
  const starts: number[] = []
  let end = 0
  for (let index = 0; index < pages; index++) {
    starts.push(end / 1000)
    const said = delay[index] ?? USUAL_DELAY
    end += said < LEAST_DELAY ? USUAL_DELAY : said
  }
  const durationS = end / 1000
  const most = Math.max(1, Math.floor(BYTES_AT_ONCE / (width * height * 4)))

  return {
    facts: { mime, width, height, frameCount: pages, durationS, fps: pages / durationS },
    async *read(fromS, signal) {
      const first = Math.max(
        0,
        starts.findLastIndex((start) => start <= fromS),
      )
      const pageAt = createPages((page, count) => readPages(open({ page, pages: count }), about), pages, most)
      for (let index = first; index < pages; index++) {
        signal?.throwIfAborted()
        const timeS = starts[index] as number
        yield { index, timeS, read: async () => pageImage(await pageAt(index), about), free: () => {} }
      }
    },
  }
}

/** Pages below each other. */
interface Pages {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
  readonly count: number
}

/**
 * Each page is made of those before it, so that a page alone costs as much as all up to it. Where one is asked for after
 * the other, more and more are read at a time.
 */
function createPages(
  read: (page: number, count: number) => Promise<Pages>,
  total: number,
  most: number,
): (index: number) => Promise<Pixels> {
  let known: { readonly start: number; readonly pages: Pages } | null = null
  return async (index) => {
    const end = known ? known.start + known.pages.count : 0
    if (!known || index < known.start || index >= end) {
      const inOrder = known !== null && index === end
      const count = Math.min(inOrder ? Math.min(most, 2 * (known as { pages: Pages }).pages.count) : 1, total - index)
      known = { start: index, pages: await read(index, count) }
    }
    const { width, height, data } = known.pages
    const bytes = width * height * 4
    const at = (index - known.start) * bytes
    return { width, height, channels: 4, data: data.subarray(at, at + bytes) }
  }
}

const pageImage = (pixels: Pixels, about: About) =>
  new ImageHandle({ kind: 'pixels', pixels }, { path: about.path, name: null })

/** sharp composes a page over those before it, as a browser shows it. */
async function readPages(pages: import('sharp').Sharp, about: About): Promise<Pages> {
  const { data, info } = await pages
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw damaged(about, cause)
    })
  const { width, height, pageHeight = height } = info
  return { width, height: pageHeight, data, count: height / pageHeight }
}

function damaged({ path, name }: About, cause: unknown): SpaceError {
  const details = { path, expected: VIDEOS, reason: 'its contents are damaged' }
  return new SpaceError('file-broken', name === null ? details : { ...details, name }, { cause })
}
