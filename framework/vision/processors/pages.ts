/** Donut and Nougat: a page is turned upright, shrunk into a frame and centred on black. */

import type { Pixels } from '#core/media.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import { FILTERS, type FilterName } from './filters.ts'
import { cropMargin, padCentred, rotateClockwise } from './geometry.ts'
import { reduce } from './reduce.ts'
import { RESAMPLE, resize, resizePart } from './resize.ts'
import { boxOf } from './size-rules.ts'
import { bounded, shortestEdge, thumbnailSize } from './sizes.ts'
import { weightsOf } from './weights.ts'

/** @returns the page before cropping, and the size of what is on it */
export function preparePage(kind: string, settings: Settings, picture: Pixels): { pixels: Pixels; resized: Size } {
  const frame = boxOf(settings.size)
  const filter = RESAMPLE[settings.resample] ?? 'bilinear'
  let pixels = settings.do_crop_margin ? cropMargin(picture) : picture
  if (settings.do_align_long_axis && isTurned(frame, pixels)) pixels = rotateClockwise(pixels)
  if (settings.do_resize) {
    const size = bounded(shortestEdge(pixels, Math.min(frame.width, frame.height)), pixels)
    pixels = resize(pixels, size.width, size.height, filter)
  }
  if (settings.do_thumbnail) {
    const size = thumbnailSize(pixels, frame)
    // Whatever its configuration says, Nougat shrinks with this filter, and in two steps.
    pixels =
      kind === 'Nougat'
        ? resizeReduced(pixels, size, 'bicubic', 2)
        : resize(pixels, size.width, size.height, settings.resample === 0 ? 'bicubic' : filter)
  }
  const resized = { width: pixels.width, height: pixels.height }
  return { pixels: settings.do_pad ? padCentred(pixels, frame.width, frame.height) : pixels, resized }
}

/** Whether one of them lies and the other stands. */
function isTurned(frame: Size, page: Size): boolean {
  return frame.width < frame.height ? page.width > page.height : frame.width > frame.height && page.width < page.height
}

/** Pillow's `resize` with a `reducing_gap`: whole blocks are averaged first while that leaves `gap` times the size. */
function resizeReduced(from: Pixels, to: Size, filter: FilterName & keyof typeof FILTERS, gap: number): Pixels {
  const across = Math.max(1, Math.trunc(from.width / to.width / gap))
  const down = Math.max(1, Math.trunc(from.height / to.height / gap))
  if (across === 1 && down === 1) return resize(from, to.width, to.height, filter)
  // The last block may be a part of one, so the size in blocks is no whole number; Pillow has it in single precision.
  const columns = weightsOf(Math.fround(from.width / across), to.width, FILTERS[filter])
  const rows = weightsOf(Math.fround(from.height / down), to.height, FILTERS[filter])
  return resizePart(reduce(from, across, down), columns, rows, 0, 0)
}
