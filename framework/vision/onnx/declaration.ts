/** What an author says of a graph that no configuration file describes: its picture. Its heads are in `head-kinds.ts`. */

import type { FilterName } from '../processors/filters.ts'
import type { Size } from '../task.ts'

/** How a picture becomes the graph's input. */
export interface PictureInput {
  /** Name of the input. Default: the graph's first one with four dimensions, or with three. */
  readonly input?: string
  /** `[width, height]`, or a rule. Default: what the graph's input says, and the picture's own size where that is free. */
  readonly size?: readonly [width: number, height: number] | SizeRule
  /**
   * `stretch` ignores the aspect ratio, `cover` cuts the middle out, `letterbox` pads what is left; `tiles` keeps the
   * picture's size and runs the graph on one piece after the other, for heads that give pictures. Default `stretch`.
   */
  readonly fit?: 'stretch' | 'cover' | 'letterbox' | 'tiles'
  /** Pixels on each side that a tile shares with its neighbours. Default 10. */
  readonly overlap?: number
  /** Where a letterbox has the picture: `start` is the top left (default), `centre` the middle. */
  readonly align?: 'start' | 'centre'
  /** What a letterbox is filled with, 0..255: one value, or red, green and blue. Default 0. */
  readonly pad?: number | readonly [red: number, green: number, blue: number]
  /**
   * Order of the channels, or one of them: `grey` is ITU-R 601 luma (repeated where the graph takes three channels),
   * `lightness` the L of CIE Lab, 0..100. Default `rgb`.
   */
  readonly channels?: 'rgb' | 'bgr' | 'grey' | 'lightness'
  /** Default: what the graph's input looks like. */
  readonly layout?: 'nchw' | 'nhwc'
  /** Values are multiplied by this, then `mean` is subtracted and `std` divided by. Default 1/255; 1 for bytes and `lightness`. */
  readonly scale?: number
  /** For each channel, in the order of `channels`; one number serves all. */
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
  /** As Pillow resizes, or with `opencv` as that does between the nearest four pixels. Default bilinear. */
  readonly resample?: FilterName | 'opencv'
}

/** A size that keeps the aspect ratio: the first of `height`, `shorter` and `maxSide` scales, `multipleOf` rounds then. */
export interface SizeRule {
  readonly height?: number
  /** Most of the width that `height` leads to. */
  readonly maxWidth?: number
  /** Length of the shorter side. */
  readonly shorter?: number
  /** Most of the longer side. */
  readonly maxSide?: number
  /** Both sides become the nearest multiple, at least one of it. */
  readonly multipleOf?: number
}

/** Where a picture lies in the graph's input: x in the input = x in the picture * scaleX + left. */
export interface Frame {
  /** The picture's own size. */
  readonly picture: Size
  readonly input: Size
  readonly scaleX: number
  readonly scaleY: number
  readonly left: number
  readonly top: number
}
