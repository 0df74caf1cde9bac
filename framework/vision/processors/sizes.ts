/** How large a picture becomes, with the roundings of the Python classes: each of them moves scores when it is off by one. */

import { SpaceError } from '#core/errors.ts'
import { MAX_PIXELS } from '../media/bounds.ts'
import { roundHalfEven } from '../rounding.ts'
import type { Size } from '../task.ts'

/**
 * The size that a picture becomes, where a worker can hold it: a line of pixels grows with the square of its length.
 * @throws SpaceError `invalid-value`
 */
export function bounded(size: Size, from: Size): Size {
  if (size.width * size.height <= MAX_PIXELS) return size
  throw new SpaceError('invalid-value', {
    path: 'image',
    expected: 'a picture that is less elongated',
    got: `one of ${from.width} x ${from.height}`,
    hint: `Crop it: the model would have to be given ${size.width} x ${size.height} pixels.`,
  })
}

const atLeastOne = ({ width, height }: Size): Size => ({ width: Math.max(1, width), height: Math.max(1, height) })

/** Shorter side as given, the longer one cut to whole pixels. */
export function shortestEdge({ width, height }: Size, edge: number): Size {
  return width <= height
    ? { width: edge, height: Math.trunc((edge * height) / width) }
    : { width: Math.trunc((edge * width) / height), height: edge }
}

/** Shorter side as given, but no longer than `longest` on the other; the rule of DETR and its kin. */
export function shortestWithin({ width, height }: Size, shortest: number, longest: number): Size {
  const low = Math.min(width, height)
  const high = Math.max(width, height)
  let edge = shortest
  let raw = shortest
  if ((high / low) * shortest > longest) {
    raw = (longest * low) / high
    edge = roundHalfEven(raw)
  }
  if ((height <= width && height === edge) || (width <= height && width === edge)) return { width, height }
  return atLeastOne(
    width < height
      ? { width: edge, height: Math.trunc((raw * height) / width) }
      : { width: Math.trunc((raw * width) / height), height: edge },
  )
}

/** As large as fits into both sides. */
export function within({ width, height }: Size, maxWidth: number, maxHeight: number): Size {
  const scale = Math.min(maxHeight / height, maxWidth / width)
  return atLeastOne({ width: Math.trunc(width * scale), height: Math.trunc(height * scale) })
}

/** Longer side as given; SAM. */
export function longestEdge({ width, height }: Size, edge: number): Size {
  const scale = edge / Math.max(width, height)
  return atLeastOne({ width: Math.trunc(width * scale + 0.5), height: Math.trunc(height * scale + 0.5) })
}

/** Down to a multiple on both sides, but never to nothing; GLPN, ViLT. As it is for a multiple of 0. */
export function floorTo({ width, height }: Size, multiple: number): Size {
  if (multiple === 0) return { width, height }
  const floor = (side: number) => Math.max(multiple, Math.floor(side / multiple) * multiple)
  return { width: floor(width), height: floor(height) }
}

/** Up to a multiple on both sides; MaskFormer. As it is for a multiple of 0. */
export function ceilTo({ width, height }: Size, multiple: number): Size {
  if (multiple === 0) return { width, height }
  const ceil = (side: number) => Math.ceil(side / multiple) * multiple
  return { width: ceil(width), height: ceil(height) }
}

/** Down to a multiple by leaving the rest out; YOLOS. */
export function cutTo({ width, height }: Size, multiple: number): Size {
  return atLeastOne({ width: width - (width % multiple), height: height - (height % multiple) })
}

/** ViLT: shorter side as given, longer one at most 1333/800 of it, both cut to a multiple. */
export function viltSize({ width, height }: Size, shorter: number, multiple: number): Size {
  const longer = Math.trunc((1333 / 800) * shorter)
  let scale = shorter / Math.min(width, height)
  const high = Math.max(width, height) * scale
  if (high > longer) scale *= longer / high
  return floorTo({ width: Math.trunc(width * scale + 0.5), height: Math.trunc(height * scale + 0.5) }, multiple)
}

/** DPT, Depth Anything, ZoeDepth: both sides to a multiple, with one scale for both where the aspect ratio is kept. */
export function multipleOf(from: Size, to: Size, multiple: number, keepAspect: boolean): Size {
  let scaleX = to.width / from.width
  let scaleY = to.height / from.height
  if (keepAspect) {
    if (Math.abs(1 - scaleX) < Math.abs(1 - scaleY)) scaleY = scaleX
    else scaleX = scaleY
  }
  const side = (value: number) => Math.max(multiple, 1, Math.trunc(roundHalfEven(value / multiple) * multiple))
  return { width: side(scaleX * from.width), height: side(scaleY * from.height) }
}

/** Donut's thumbnail: shrinks until both sides fit, one after the other, and never grows. */
export function thumbnailSize({ width, height }: Size, to: Size): Size {
  const fit = { width: Math.min(width, to.width), height: Math.min(height, to.height) }
  if (fit.width === width && fit.height === height) return fit
  if (height > width) return atLeastOne({ width: Math.trunc((width * fit.height) / height), height: fit.height })
  if (width > height) return atLeastOne({ width: fit.width, height: Math.trunc((height * fit.width) / width) })
  return fit
}

/** The largest size of whole patches, both sides rounded up, of which there are no more than `most`; SigLIP 2. */
export function patchesSize({ width, height }: Size, patch: number, most: number): Size {
  const precision = 1e-5
  const at = (scale: number): Size => {
    const side = (length: number) => Math.max(patch, Math.ceil((length * scale) / patch) * patch)
    return { width: side(width), height: side(height) }
  }
  let [low, high] = [precision / 10, 100]
  while (high - low >= precision) {
    const middle = (low + high) / 2
    const size = at(middle)
    if ((size.height / patch) * (size.width / patch) <= most) low = middle
    else high = middle
  }
  return at(low)
}
