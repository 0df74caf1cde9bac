/**
 * A processor that crops after resizing uses a part of the picture only. That part is found before the picture is
 * decoded and before it is resized; the pixels are those that resizing and cropping the whole would give.
 */

import type { Pixels, Rectangle } from '#core/media.ts'
import type { Part, Size } from '../task.ts'
import { FILTERS, type FilterName } from './filters.ts'
import { resizePart } from './resize.ts'
import { rowsNeeded, sliceWeights, type Weights, weightsOf } from './weights.ts'

/** A picture's way to a crop: the size that all of it would be given, and the area of that which is kept. */
export interface Window {
  readonly resized: Size
  readonly kept: Rectangle
  readonly filter: FilterName
}

/** Centred, with Transformers' rounding. Null where the crop is larger than the picture, which is then padded. */
export function centredWindow(resized: Size, crop: Size, filter: FilterName): Window | null {
  if (crop.width > resized.width || crop.height > resized.height) return null
  const left = Math.floor((resized.width - crop.width) / 2)
  const top = Math.floor((resized.height - crop.height) / 2)
  return { resized, kept: { left, top, ...crop }, filter }
}

interface Passes {
  readonly horizontal: Weights
  readonly vertical: Weights
  /** What of the picture they read. */
  readonly source: Rectangle
}

/** Null where a side keeps its length or nothing is interpolated: then there is nothing to gain. */
function passesOf(whole: Size, { resized, kept, filter }: Window): Passes | null {
  if (filter === 'nearest' || whole.width === resized.width || whole.height === resized.height) return null
  const kernel = FILTERS[filter]
  const horizontal = sliceWeights(weightsOf(whole.width, resized.width, kernel), kept.left, kept.width)
  const vertical = sliceWeights(weightsOf(whole.height, resized.height, kernel), kept.top, kept.height)
  const [left, right] = rowsNeeded(horizontal)
  const [top, bottom] = rowsNeeded(vertical)
  return { horizontal, vertical, source: { left, top, width: right - left, height: bottom - top } }
}

/** What of a picture of this size is read; null for all of it. */
export function sourceOf(whole: Size, window: Window): Rectangle | null {
  return passesOf(whole, window)?.source ?? null
}

/** The kept area; null where the picture has to be resized as a whole. */
export function resizeWindow(picture: Pixels | Part, window: Window): Pixels | null {
  const { whole, left, top } = 'whole' in picture ? picture : { whole: picture, left: 0, top: 0 }
  const passes = passesOf(whole, window)
  return passes && resizePart(picture, passes.horizontal, passes.vertical, left, top)
}
