/** What the outputs of a declared graph mean, and the answer that each kind gives. */

import type { Classification, Image } from '#core/media.ts'
import type { Box } from '../heads/boxes.ts'
import type { ScoreFunction } from '../heads/classes.ts'
import type { Mask } from '../heads/masks.ts'
import type { Outputs, Tensor } from '../task.ts'
import type { Frame } from './declaration.ts'

interface Named {
  /** Name of the graph's output. Default: the first. */
  readonly output?: string
}

/** Logits of one picture to classes. */
export interface ClassesHead extends Named {
  readonly kind: 'classes'
  readonly labels?: readonly string[]
  /** Default `softmax`. */
  readonly apply?: ScoreFunction
  /** How many, null for all. Default 5. */
  readonly top_k?: number | null
}

/** Features of a picture, for comparing with `cosineSimilarity`. */
export interface EmbeddingHead extends Named {
  readonly kind: 'embedding'
  /** Makes its length 1. Default true. */
  readonly normalize?: boolean
}

interface Detecting {
  readonly labels?: readonly string[]
  /** Scores above it count. Default 0.5. */
  readonly threshold?: number
  /** Overlap above which the weaker of two boxes goes; 1 keeps all. Default 0.45. */
  readonly nms?: number
  /** Whether boxes of different classes may overlap. Default true. */
  readonly perClass?: boolean
  /**
   * Boxes and keypoints that go are averaged, weighted by their scores, into those that stay, as MediaPipe does. Default
   * false.
   */
  readonly blend?: boolean
  /** How many keypoints each box has, for outputs that mix them with other columns or give them a score. */
  readonly points?: number
  /**
   * Name of the output with the prototypes of masks, `[1, count, height, width]`: the last `count` columns of a row say
   * how much of each makes up its mask (YOLACT, and the `-seg` models of YOLO).
   */
  readonly masks?: string
}

/**
 * What the columns of a row mean. `scores` is one column for each class, `keypoints` those of each point, as `point` says,
 * `masks` one for each prototype, `angle` how far a box is turned clockwise about its centre, in radians; `skip` means
 * nothing.
 */
export type Column =
  | 'x0'
  | 'y0'
  | 'x1'
  | 'y1'
  | 'cx'
  | 'cy'
  | 'w'
  | 'h'
  | 'score'
  | 'scores'
  | 'objectness'
  | 'label'
  | 'keypoints'
  | 'masks'
  | 'angle'
  | 'skip'

/** What a column of a point means. */
export type PointColumn = 'x' | 'y' | 'score' | 'skip'

/** The places of the input that rows belong to: the cells of a grid for each stride, row by row. */
export interface Grid {
  /** Pixels of the input from one cell to the next. */
  readonly strides: readonly number[]
  /** Rows for each cell; one number for each stride, or for all. Default 1. */
  readonly perCell?: number | readonly number[]
  /** Where in a cell its point is: 0 its corner (default), 0.5 its middle. */
  readonly centre?: number
  /** Sides in pixels of the prior boxes of a cell, for each stride: one for squares, or width and height. */
  readonly sizes?: readonly (readonly (number | readonly [width: number, height: number])[])[]
}

/** Boxes with a score: in one output whose rows have columns, or in an output for each. Lists of names are put one after the other. */
export interface BoxesHead extends Detecting, Named {
  readonly kind: 'boxes'
  /** Of `output`, or of `boxes` where the scores are elsewhere. Default: four numbers as `form` says. */
  readonly columns?: readonly Column[]
  readonly boxes?: string | readonly string[]
  readonly scores?: string | readonly string[]
  /** Whether there is something at all, by which scores are multiplied. */
  readonly objectness?: string | readonly string[]
  /** The number of each box's class, where scores are those of the boxes. */
  readonly classes?: string
  readonly keypoints?: string | readonly string[]
  /**
   * `corners` x0, y0, x1, y1; `centres` cx, cy, width, height; and with a grid: `distances` from the point to left, top,
   * right, bottom in strides; `exponential` x, y and log w, log h in strides; `offsets` of the centre from the point, then
   * width and height; `priors` as SSD and RetinaFace code them (variances 0.1 and 0.2), `anchors` as YOLO 2 to 4 do
   * (sigmoid of x, y; log w, log h of a prior box). Default `corners`, or as the columns are called.
   */
  readonly form?: 'corners' | 'centres' | 'distances' | 'exponential' | 'offsets' | 'priors' | 'anchors'
  /** For `distances`: each is so many scores, of which softmax makes its likely length (generalised focal loss; 8 for NanoDet). */
  readonly bins?: number
  /** What the columns of each keypoint mean. Default x, y, and score where there are three. */
  readonly point?: readonly PointColumn[]
  readonly grid?: Grid
  /** Whether 1 is the whole side of the input; else pixels of the input. Default true for corners and centres. */
  readonly relative?: boolean
  /** Whether rows and columns are swapped: `[1, columns, rows]`. Default false. */
  readonly transposed?: boolean
  /** What turns scores and objectness into 0..1. Default `none`. */
  readonly apply?: ScoreFunction
  /** How score and objectness become one: `product` (default), or its square `root`. */
  readonly combine?: 'product' | 'root'
  /** The first class that is no background. Default 0. */
  readonly firstClass?: number
  /** `last`: the last class says that nothing is there, as DETR's does. */
  readonly background?: 'last'
}

/** YOLOX' undecoded rows `x, y, log w, log h, objectness, classes…` on grids of these strides. */
export interface YoloxHead extends Detecting, Named {
  readonly kind: 'yolox'
  /** Default 8, 16, 32. */
  readonly strides?: readonly number[]
}

/**
 * What Ultralytics and their like export. `v5`: rows `cx, cy, w, h, objectness, classes…`; `v8` (also 9, 11, 12, and 10
 * without its end): columns `cx, cy, w, h, classes…`; `end-to-end` (10, 26, or exported with NMS): rows `x0, y0, x1, y1,
 * score, class`. With `points`, keypoints follow.
 */
export interface YoloHead extends Detecting, Named {
  readonly kind: 'yolo'
  /** Whether boxes are turned, as those of the `-obb` models are: the last column is the angle. Default false. */
  readonly rotated?: boolean
  /** Default: what the output looks like. */
  readonly version?: 'v5' | 'v8' | 'end-to-end'
}

/** Scores for each pixel and class, or the number of each pixel's class, to a mask for each class that is there. */
export interface SegmentationHead extends Named {
  readonly kind: 'segmentation'
  readonly labels?: readonly string[]
  readonly layout?: 'nchw' | 'nhwc'
}

/** One channel to a mask. */
export interface MaskHead extends Named {
  readonly kind: 'mask'
  /** Default 0.5. */
  readonly threshold?: number
  /** Gives 0..255 for each pixel, as matting does, in place of 0 or 255. Default false. */
  readonly soft?: boolean
  /** What makes values 0..1: `minmax` stretches from the least to the largest. Default `none`. */
  readonly apply?: 'none' | 'sigmoid' | 'minmax'
  /** Which channel, counted from 0. Default 0. */
  readonly channel?: number
  readonly layout?: 'nchw' | 'nhwc'
}

export interface DepthHead extends Named {
  readonly kind: 'depth'
}

/** 1, 3 or 4 channels to a picture; the padding of a letterbox is cut off. */
export interface ImageHead extends Named {
  readonly kind: 'image'
  /** Values that are black and white. Default 0 and 1; 0 and 255 where the graph gives bytes. */
  readonly range?: readonly [low: number, high: number]
  /** Default: `nhwc` where only the last dimension can be channels. */
  readonly layout?: 'nchw' | 'nhwc'
  readonly channels?: 'rgb' | 'bgr'
  /**
   * What the output stands for: the picture itself (default); `luma`, whose colours are those of the picture that came;
   * `ab` of CIE Lab, whose lightness is that of the picture that came.
   */
  readonly gives?: 'picture' | 'luma' | 'ab'
}

/** Points of one body, hand or face: rows of coordinates, or a map for each point of how likely it is there. */
export interface KeypointsHead extends Named {
  readonly kind: 'keypoints'
  readonly labels?: readonly string[]
  /** Of a row. Default x, y, score. Not for maps. */
  readonly columns?: readonly PointColumn[]
  /** Whether 1 is the whole side of the input; else pixels of the input. Default true. Not for maps. */
  readonly relative?: boolean
  /** What turns scores of rows into 0..1. Default `none`. */
  readonly apply?: 'none' | 'sigmoid'
  /** Names of the two outputs of a model that finds x and y apart (SimCC). */
  readonly axes?: readonly [x: string, y: string]
}

/** A line of text out of scores for each step and character (CTC, best path). */
export interface TextHead extends Named {
  readonly kind: 'text'
  /** The characters in the order of the classes, without the blank. */
  readonly characters: readonly string[]
  /** Where the blank is. Default `first`. */
  readonly blank?: 'first' | 'last'
  /** Default `none`: the graph gives probabilities. */
  readonly apply?: 'none' | 'softmax'
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
  | EmbeddingHead
  | BoxesHead
  | YoloHead
  | YoloxHead
  | SegmentationHead
  | MaskHead
  | DepthHead
  | ImageHead
  | KeypointsHead
  | TextHead
  | TextBoxesHead

/** A place in the picture, in its pixels. */
export interface Point {
  readonly x: number
  readonly y: number
  /** Where the graph gives one. */
  readonly score?: number
}

export interface Keypoint extends Point {
  readonly label: string
  readonly score: number
}

export interface Detection {
  readonly label: string
  readonly score: number
  readonly box: Box
  /** For heads that declare keypoints. */
  readonly keypoints?: readonly Point[]
  /** For boxes with an angle, the four corners in order; `box` is around them. */
  readonly corners?: readonly Point[]
  /** For heads that declare masks, at the size of the picture. */
  readonly mask?: Mask
}

export interface AnswerOf {
  classes: Classification[]
  embedding: Tensor<'float32'>
  boxes: Detection[]
  yolo: Detection[]
  yolox: Detection[]
  segmentation: { label: string; score: null; mask: Mask }[]
  mask: Mask
  depth: { predicted_depth: Tensor<'float32'>; depth: Image }
  image: Image
  keypoints: Keypoint[]
  text: { text: string; score: number }
  'text-boxes': { score: number; box: Box }[]
}

/** A head of one's own: runs on the caller's thread, so it should be quick. `frame` is null for a call without picture. */
export type HeadFunction<T> = (outputs: Outputs, frame: Frame | null) => T

/** A head with the keys of its kind and no others: a misspelt one does not compile. */
export type Exact<H extends DeclaredHead> = H & {
  readonly [K in Exclude<keyof H, keyof Extract<DeclaredHead, { kind: H['kind'] }>>]: never
}

export type HeadAnswer<H extends DeclaredHead> = AnswerOf[H['kind']]
