/** From the settings of a class to the size that a picture is resized to; the arithmetic is in `sizes.ts`. */

import { SpaceError } from '#core/errors.ts'
import { roundHalfEven } from '../rounding.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import {
  ceilTo,
  cutTo,
  floorTo,
  longestEdge,
  multipleOf,
  patchesSize,
  shortestEdge,
  shortestWithin,
  viltSize,
  within,
} from './sizes.ts'

/** Height and width of a setting that was checked; a shortest edge stands for both. */
export const boxOf = ({ width, height, shortest_edge }: Settings['size']): Size => ({
  width: width ?? (shortest_edge as number),
  height: height ?? (shortest_edge as number),
})

/** What most classes do. */
export function bySize(picture: Size, { size }: Settings): Size {
  const { shortest_edge: shortest, longest_edge: longest, max_width, max_height, width, height } = size
  if (shortest !== undefined && longest !== undefined) return shortestWithin(picture, shortest, longest)
  if (shortest !== undefined) return shortestEdge(picture, shortest)
  if (longest !== undefined) return longestEdge(picture, longest)
  if (max_width !== undefined && max_height !== undefined) return within(picture, max_width, max_height)
  if (width !== undefined && height !== undefined) return { width, height }
  throw new SpaceError('invalid-value', {
    path: 'image processor: size',
    expected: 'height and width, shortest_edge, longest_edge, or max_height and max_width',
    got: JSON.stringify(size),
  })
}

/** Classes that are not known: what their file says of the size, cut to a multiple where it says one. */
export function generalSize(picture: Size, settings: Settings): Size {
  const said = Object.keys(settings.size).length > 0
  return floorTo(said ? bySize(picture, settings) : picture, settings.size_divisor)
}

export const glpnSize = (picture: Size, { size_divisor }: Settings): Size => floorTo(picture, size_divisor)

/** ViLT and BridgeTower. */
export const bridgeTowerSize = (picture: Size, { size, size_divisor }: Settings): Size =>
  viltSize(picture, size.shortest_edge as number, size_divisor)

/** The longer side rules, whatever is said of the shorter. */
export function samSize(picture: Size, settings: Settings): Size {
  const { longest_edge } = settings.size
  return longest_edge === undefined ? bySize(picture, settings) : longestEdge(picture, longest_edge)
}

export const yolosSize = (picture: Size, settings: Settings): Size =>
  settings.size.shortest_edge === undefined ? bySize(picture, settings) : cutTo(bySize(picture, settings), 16)

export function maskFormerSize(picture: Size, settings: Settings): Size {
  return ceilTo(bySize(picture, settings), settings.size_divisor)
}

/** DPT and its kin. */
export const multipleSize = (picture: Size, settings: Settings): Size =>
  multipleOf(picture, boxOf(settings.size), settings.ensure_multiple_of, settings.keep_aspect_ratio)

export function levitSize(picture: Size, settings: Settings): Size {
  const { shortest_edge } = settings.size
  return shortest_edge === undefined
    ? bySize(picture, settings)
    : shortestEdge(picture, Math.trunc((256 / 224) * shortest_edge))
}

/** Larger than what is cropped afterwards. */
export function poolFormerSize(picture: Size, settings: Settings): Size {
  const { size, crop_pct } = settings
  if (crop_pct === null) return bySize(picture, settings)
  const { width, height } = boxOf(size)
  if (width === height) return shortestEdge(picture, Math.trunc(height / crop_pct))
  return { width: Math.trunc(width / crop_pct), height: Math.trunc(height / crop_pct) }
}

/** ConvNeXt and ResNet squash large pictures, and cut a part out of small ones. */
export function convNextSize(picture: Size, { size, crop_pct }: Settings): Size {
  const edge = convNextEdge(size)
  return edge < SQUASHED_FROM
    ? shortestEdge(picture, Math.trunc(edge / (crop_pct ?? 224 / 256)))
    : { width: edge, height: edge }
}

const SQUASHED_FROM = 384
const convNextEdge = (size: Settings['size']): number => size.shortest_edge ?? boxOf(size).height

/** What some classes cut out of the middle as part of resizing. */
export function innerCrop(kind: string, { size, do_resize, do_pad }: Settings): Size | null {
  if (!do_resize) return null
  if (kind === 'Sapiens2') return do_pad ? boxOf(size) : null
  if (kind !== 'ConvNext') return null
  const edge = convNextEdge(size)
  return edge < SQUASHED_FROM ? { width: edge, height: edge } : null
}

/** The shorter side rules, whatever is said of the longer. */
export function textNetSize(picture: Size, settings: Settings): Size {
  const { shortest_edge } = settings.size
  const size = shortest_edge === undefined ? bySize(picture, settings) : shortestEdge(picture, shortest_edge)
  return ceilTo(size, settings.size_divisor)
}

/** Sapiens fits the picture into the box where it pads. */
export function withinBox(picture: Size, settings: Settings): Size {
  const { width, height } = boxOf(settings.size)
  return settings.do_pad ? within(picture, width, height) : bySize(picture, settings)
}

/** PP-LCNet: the shorter side as given, both rounded and then up to a multiple. */
export function scaledShortSide(picture: Size, settings: Settings): Size {
  const { resize_short, size_divisor } = settings
  if (resize_short === null) return bySize(picture, settings)
  const scale = resize_short / Math.min(picture.width, picture.height)
  const size = { width: roundHalfEven(picture.width * scale), height: roundHalfEven(picture.height * scale) }
  return ceilTo(size, size_divisor)
}

/** PaddleOCR's detectors: a limit for one side, and both rounded to a multiple of 32. */
export function documentSize({ width, height }: Size, settings: Settings): Size {
  const { limit_side_len: limit, limit_type, max_side_limit } = settings
  const [low, high] = [Math.min(width, height), Math.max(width, height)]
  const shrunk = (size: Size, ratio: number): Size => ({
    width: Math.trunc(size.width * ratio),
    height: Math.trunc(size.height * ratio),
  })
  const ratio =
    limit_type === 'min' ? Math.max(1, limit / low) : limit_type === 'max' ? Math.min(1, limit / high) : limit / high
  const first = shrunk({ width, height }, ratio)
  const longest = Math.max(first.width, first.height)
  const size = max_side_limit > 0 && longest > max_side_limit ? shrunk(first, max_side_limit / longest) : first
  const side = (length: number) => Math.max(32, roundHalfEven(length / 32) * 32)
  return { width: side(size.width), height: side(size.height) }
}

/** SigLIP 2: as many patches as there may be. */
export const naflexSize = (picture: Size, { patch_size, max_num_patches }: Settings): Size =>
  patchesSize(picture, patch_size as number, max_num_patches)

/** V-JEPA 2 resizes to what its crop wants, whatever it says of the size. */
export function vjepaSize(picture: Size, { crop_size }: Settings): Size {
  return shortestEdge(picture, Math.trunc((boxOf(crop_size).height * 256) / 224))
}
