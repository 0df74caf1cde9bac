/** Animated GIF and WebP as frames, through sharp. A still picture is a video of one frame. */

import { SpaceError } from '#core/errors.ts'
import { type About, loadSharp, type Source } from './codec.ts'
import { checkSize, VIDEOS, type VideoReader } from './frames.ts'
import { ImageHandle } from './image.ts'

/** What browsers show a frame for whose file says 0 or next to nothing. In milliseconds. */
const USUAL_DELAY = 100
const LEAST_DELAY = 20

export async function openAnimation(source: Source, mime: string, about: About): Promise<VideoReader> {
  const sharp = await loadSharp()
  const input = 'file' in source ? source.file : source.bytes
  const open = (page?: number) =>
    sharp(input, { ignoreIcc: true, limitInputPixels: false, failOn: 'error', ...(page === undefined ? {} : { page }) })

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

  return {
    facts: { mime, width, height, frameCount: pages, durationS, fps: pages / durationS },
    async *read(fromS, signal) {
      const first = Math.max(
        0,
        starts.findLastIndex((start) => start <= fromS),
      )
      for (let index = first; index < pages; index++) {
        signal?.throwIfAborted()
        const timeS = starts[index] as number
        yield { index, timeS, read: () => readPage(open(index), about), free: () => {} }
      }
    },
  }
}

/** sharp composes a page over those before it, as a browser shows it. */
async function readPage(page: import('sharp').Sharp, about: About) {
  const { data, info } = await page
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw damaged(about, cause)
    })
  const { width, height } = info
  return new ImageHandle(
    { kind: 'pixels', pixels: { width, height, channels: 4, data } },
    { path: about.path, name: null },
  )
}

function damaged({ path, name }: About, cause: unknown): SpaceError {
  const details = { path, expected: VIDEOS, reason: 'its contents are damaged' }
  return new SpaceError('file-broken', name === null ? details : { ...details, name }, { cause })
}
