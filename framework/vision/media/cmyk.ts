/**
 * Pictures in printing colours. Models see them as Pillow's `convert('RGB')` makes them: what the inks leave of white,
 * without a colour profile.
 */

import type { Sharp } from 'sharp'
import type { Pixels } from '#core/media.ts'
import type { Source } from './codec.ts'
import { openReader } from './read-at.ts'

/** Cyan, magenta, yellow and black to red, green and blue, rounded as Pillow does it. */
export function rgbOfCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3)
  for (let from = 0, to = 0; from < cmyk.length; from += 4) {
    const white = 255 - (cmyk[from + 3] as number)
    for (let ink = 0; ink < 3; ink++) {
      const product = (cmyk[from + ink] as number) * white + 128
      rgb[to++] = Math.max(0, white - ((product + (product >> 8)) >> 8))
    }
  }
  return rgb
}

/** @param pipeline - not yet read. */
export async function inCmyk(pipeline: Sharp, source: Source, mime: string | null): Promise<boolean> {
  if (mime === 'image/jpeg') return componentsOfJpeg(source) === 4
  return mime === 'image/tiff' && (await pipeline.metadata().catch(() => null))?.space === 'cmyk'
}

/** Decodes a picture whose colours are printing colours. */
export async function readCmyk(pipeline: Sharp): Promise<Pixels & { channels: 3 }> {
  const { data, info } = await pipeline
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 3, data: rgbOfCmyk(data) }
}

/** How many numbers a pixel has, out of the frame's header; 0 where there is none. */
function componentsOfJpeg(source: Source): number {
  const { read, close } = openReader(source)
  try {
    for (let at = 2; ; ) {
      const head = read(at, 10)
      const [start, marker = 0] = head
      if (head.length < 10 || start !== 0xff) return 0
      if (isFrame(marker)) return head[9] as number
      at += marker === 0xff ? 1 : 2 + ((head[2] as number) << 8) + (head[3] as number)
    }
  } finally {
    close()
  }
}

/** Start of a frame of any process; 0xC4, 0xC8 and 0xCC are tables and an extension. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
