/** What an author says of a graph that no configuration file describes. */

import type { Classification, Image } from '#core/media.ts'
import type { Box } from '../heads/boxes.ts'
import type { ScoreFunction } from '../heads/classes.ts'
import type { Mask } from '../heads/masks.ts'
import type { FilterName } from '../processors/filters.ts'
import type { Outputs, Size, Tensor } from '../task.ts'

/** How a picture becomes the graph's input. */
export interface PictureInput {
  /** Name of the input. Default: the graph's first one with four dimensions. */
  readonly input?: string
  /**
   * `[width, height]`; `{ height }` keeps the aspect ratio; `{ multipleOf }` rounds both sides to a multiple, within
   * `maxSide`. Default: what the graph's input says.
   */
  readonly size?:
    | readonly [width: number, height: number]
    | { height: number }
    | { multipleOf: number; maxSide?: number }
  /** `stretch` ignores the aspect ratio, `cover` cuts the middle out, `letterbox` pads on the right and below. */
  readonly fit?: 'stretch' | 'cover' | 'letterbox'
  /** Value of 0..255 that a letterbox is filled with. Default 0. */
  readonly pad?: number
  /** Order of the channels, or one of them. Default `rgb`. */
  readonly channels?: 'rgb' | 'bgr' | 'grey'
  /** Default: what the graph's input looks like. */
  readonly layout?: 'nchw' | 'nhwc'
  /** Values of 0..255 are multiplied by this, then `mean` is subtracted and `std` divided by. Default 1/255. */
  readonly scale?: number
  /** For each channel, in the order of `channels`; one number serves all. */
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
  /** As Pillow resizes. Default bilinear. */
  readonly resample?: FilterName
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

interface Named {
  /** Name of the graph's output. Default: the first. */
  readonly output?: string
}

/** Logits of one picture to classes. */
export interface ClassesHead extends Named {
  readonly kind: 'classes'
  readonly labels?: readonly string[]
  readonly apply?: ScoreFunction
  readonly top_k?: number
}

interface Detecting {
  readonly labels?: readonly string[]
  /** Default 0.5. */
  readonly threshold?: number
  /** Overlap above which the weaker of two boxes of a class goes. Default 0.45. */
  readonly nms?: number
}

/** One output with boxes, one with a score for each box and class. */
export interface BoxesHead extends Detecting {
  readonly kind: 'boxes'
  readonly boxes: string
  readonly scores: string
  /** `corners` x0, y0, x1, y1; `centres` cx, cy, width, height. Default `corners`. */
  readonly form?: 'corners' | 'centres'
  /** Whether 1 is the whole side of the input; else pixels of the input. Default true. */
  readonly relative?: boolean
  /** The first class that is no background. Default 0. */
  readonly firstClass?: number
}

/** YOLOX' undecoded rows `x, y, log w, log h, objectness, classes…` on grids of these strides. */
export interface YoloxHead extends Detecting, Named {
  readonly kind: 'yolox'
  /** Default 8, 16, 32. */
  readonly strides?: readonly number[]
}

/** Scores for each pixel and class to a mask for each class that is there. */
export interface SegmentationHead extends Named {
  readonly kind: 'segmentation'
  readonly labels?: readonly string[]
  readonly layout?: 'nchw' | 'nhwc'
}

/** One channel of 0..1 to a mask. */
export interface MaskHead extends Named {
  readonly kind: 'mask'
  /** Default 0.5. */
  readonly threshold?: number
}

export interface DepthHead extends Named {
  readonly kind: 'depth'
}

/** 1, 3 or 4 channels to a picture. */
export interface ImageHead extends Named {
  readonly kind: 'image'
  /** Values that are black and white. Default 0 and 1. */
  readonly range?: readonly [low: number, high: number]
  readonly layout?: 'nchw' | 'nhwc'
}

/** A line of text out of probabilities for each step and character (CTC, best path); index 0 is the blank. */
export interface TextHead extends Named {
  readonly kind: 'text'
  /** The characters of index 1 and on. */
  readonly characters: readonly string[]
}

/** Lines of text out of a map of how likely each pixel is text (DB, differentiable binarization). */
export interface TextBoxesHead extends Named {
  readonly kind: 'text-boxes'
  /** Default 0.3. */
  readonly threshold?: number
  /** Least mean probability in a box. Default 0.5. */
  readonly boxThreshold?: number
  /** By how much of area / perimeter a box grows. Default 1.6. */
  readonly unclip?: number
}

export type DeclaredHead =
  | ClassesHead
  | BoxesHead
  | YoloxHead
  | SegmentationHead
  | MaskHead
  | DepthHead
  | ImageHead
  | TextHead
  | TextBoxesHead

export interface Detection {
  readonly label: string
  readonly score: number
  readonly box: Box
}

export interface AnswerOf {
  classes: Classification[]
  boxes: Detection[]
  yolox: Detection[]
  segmentation: { label: string; score: null; mask: Mask }[]
  mask: Mask
  depth: { predicted_depth: Tensor<'float32'>; depth: Image }
  image: Image
  text: { text: string; score: number }
  'text-boxes': { score: number; box: Box }[]
}

/** A head of one's own: runs on the caller's thread, so it should be quick. `frame` is null for a call without picture. */
export type HeadFunction<T> = (outputs: Outputs, frame: Frame | null) => T

export type HeadAnswer<H extends DeclaredHead> = AnswerOf[H['kind']]
