/** Segment Anything: prompts into the model's coordinates, its masks back to the picture. */

import type { Size, Tensor } from '../task.ts'
import type { Corners } from './boxes.ts'
import { bilinear } from './interpolate.ts'
import { linearRowsOf } from './linear-rows.ts'
import type { Mask } from './masks.ts'

export type Point = readonly [x: number, y: number]

/** A picture, as it is and as the model sees it. */
export interface Frame {
  /** Of the picture. */
  readonly original: Size
  /** After resizing, before padding. */
  readonly resized: Size
  /** Of the model's input, padding included; null where masks are enlarged to the picture at once (SAM 2). */
  readonly padded: Size | null
}

/** A point of the picture in the model's pixels. */
export function toModel([x, y]: Point, { original, resized }: Frame): Point {
  return [x * (resized.width / original.width), y * (resized.height / original.height)]
}

/** A mask, and how sure it is. */
export interface MeasuredMask {
  readonly mask: Mask
  /** How little its area changes when the threshold moves either way, 0..1; NaN where nothing comes near it. */
  readonly stability: number
}

/**
 * Mask number `index` of logits `[…, height, width]` where they are above the threshold, enlarged to the picture, the
 * padding cut off. Row by row: hundreds of masks are measured, and few kept.
 * @param offset - how far the threshold moves for the stability
 */
export function measuredMask(
  { data, dims }: Tensor<'float32'>,
  index: number,
  frame: Frame,
  { threshold, offset = 0 }: { threshold: number; offset?: number },
): MeasuredMask {
  const [height = 0, width = 0] = dims.slice(-2)
  const pixels = height * width
  const plane = { width, height, data: data.subarray(index * pixels, (index + 1) * pixels) }
  const { original, padded, resized } = frame
  const rows = linearRowsOf(padded ? bilinear(plane, padded, { keep: resized }) : plane, original)
  const [limit, high, low] = [threshold, threshold + offset, threshold - offset].map(Math.fround) as [
    number,
    number,
    number,
  ]
  const least = Math.min(limit, high, low)
  const row = new Float32Array(original.width)
  const mask = new Uint8Array(original.width * original.height)
  let [inner, outer] = [0, 0]
  for (let y = 0, pixel = 0; y < original.height; y++) {
    rows.fill(y, row)
    for (let x = 0; x < row.length; x++, pixel++) {
      const logit = row[x] as number
      if (!(logit > least)) continue
      if (logit > low) outer++
      if (logit > high) inner++
      if (logit > limit) mask[pixel] = 255
    }
  }
  return { mask: { ...original, data: mask }, stability: Math.fround(inner / outer) }
}

/**
 * The frame by which the points of a grid are placed: as if the picture kept its proportions, whatever its processor does.
 * Python's pipeline places them so for SAM 2 as well, which squashes pictures, and leaves a part of them unasked.
 */
export function gridFrame({ original, resized, padded }: Frame): Frame {
  const scale = Math.max(resized.width, resized.height) / Math.max(original.width, original.height)
  const side = (length: number) => Math.floor(length * scale + 0.5)
  return { original, resized: { width: side(original.width), height: side(original.height) }, padded }
}

/** `side` by `side` points evenly spread over a picture, row by row. */
export function pointGrid(side: number, { width, height }: Size): Point[] {
  const at = (index: number, length: number) => ((2 * index + 1) / (2 * side)) * length
  return Array.from({ length: side * side }, (_, i) => [at(i % side, width), at(Math.floor(i / side), height)])
}

export interface Crop {
  /** 0 is the whole picture, 1 its four quarters, 2 its sixteen parts, … */
  readonly layer: number
  /** In pixels of the picture: left, top, right, bottom. */
  readonly area: Corners
}

/** @param overlap - part of the shorter side by which the crops of layer 1 overlap; half of it in layer 2, and so on */
export function cropsOf({ width, height }: Size, layers: number, overlap: number): Crop[] {
  const crops: Crop[] = [{ layer: 0, area: [0, 0, width, height] }]
  for (let layer = 1; layer <= layers; layer++) {
    const parts = 2 ** layer
    const shared = Math.trunc(overlap * Math.min(width, height) * (2 / parts))
    const wide = Math.ceil((shared * (parts - 1) + width) / parts)
    const high = Math.ceil((shared * (parts - 1) + height) / parts)
    for (let i = 0; i < parts * parts; i++) {
      const left = (wide - shared) * Math.floor(i / parts)
      const top = (high - shared) * (i % parts)
      crops.push({ layer, area: [left, top, Math.min(left + wide, width), Math.min(top + high, height)] })
    }
  }
  return crops
}

/** Whether a mask ends where its crop ends, though the picture goes on: it is then likely to be cut off. */
export function endsWithCrop(extent: Corners, crop: Corners, picture: Size): boolean {
  const near = 20
  const edges = [0, 0, picture.width, picture.height]
  return extent.some((side, i) => {
    const place = side + (crop[i % 2] as number)
    return Math.abs(place - (crop[i] as number)) <= near && Math.abs(place - (edges[i] as number)) > near
  })
}

/** A mask of a crop, in the whole picture. */
export function placed(mask: Mask, [left, top]: Corners, picture: Size): Mask {
  if (mask.width === picture.width && mask.height === picture.height) return mask
  const data = new Uint8Array(picture.width * picture.height)
  for (let y = 0; y < mask.height; y++) {
    data.set(mask.data.subarray(y * mask.width, (y + 1) * mask.width), (top + y) * picture.width + left)
  }
  return { ...picture, data }
}
