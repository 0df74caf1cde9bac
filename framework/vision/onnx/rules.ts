/** What each part of a declaration may be. The compiler sees to it that every part has a rule. */

import { SCORE_FUNCTIONS } from '../heads/classes.ts'
import type { PictureInput } from './declaration.ts'
import type { Column, DeclaredHead, Grid, PointColumn } from './head-kinds.ts'

export type Rule = readonly [what: string, fits: (value: unknown) => boolean]
export type Rules = Readonly<Record<string, Rule>>

export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isAbove0 = (value: unknown) => isNumber(value) && value > 0
const isCount = (value: unknown) => isAbove0(value) && Number.isInteger(value)
const listOf = (fits: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(fits)
const or =
  (...rules: readonly ((value: unknown) => boolean)[]) =>
  (value: unknown) =>
    rules.some((fits) => fits(value))
const isPair = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every(isAbove0)

const number: Rule = ['a number', isNumber]
const count: Rule = ['a whole number, 1 or more', isCount]
const index: Rule = ['a whole number, 0 or more', (value) => Number.isInteger(value) && (value as number) >= 0]
const flag: Rule = ['true or false', (value) => typeof value === 'boolean']
const output: Rule = ['the name of an output', isText]
const outputs: Rule = ['the name of an output, or a list of them', or(isText, listOf(isText))]
const texts: Rule = ['a list of texts', (value) => Array.isArray(value) && value.every(isText)]
const oneOf = (...choices: readonly string[]): Rule => [
  `one of ${choices.join(', ')}`,
  (value) => choices.includes(value as string),
]
const someOf = (...choices: readonly string[]): Rule => [
  `a list out of ${choices.join(', ')}`,
  listOf((value) => choices.includes(value as string)),
]
const layout = oneOf('nchw', 'nhwc')
const apply = oneOf(...SCORE_FUNCTIONS)
const point = someOf(...(['x', 'y', 'score', 'skip'] satisfies PointColumn[]))

const COLUMNS = [
  ...(['x0', 'y0', 'x1', 'y1', 'cx', 'cy', 'w', 'h', 'score', 'scores'] as const),
  ...(['objectness', 'label', 'keypoints', 'masks', 'angle', 'skip'] as const),
] satisfies Column[]

type RulesFor<T> = { readonly [Name in Exclude<keyof T, 'kind'>]-?: Rule }

export const GRID: RulesFor<Grid> = {
  strides: ['a list of pixels above 0', listOf(isAbove0)],
  perCell: ['a whole number, 1 or more, or a list of them', or(isCount, listOf(isCount))],
  centre: number,
  sizes: ['for each stride a list of sides, or of width and height', listOf(listOf(or(isAbove0, isPair)))],
}

const DETECTING = {
  output,
  labels: texts,
  threshold: number,
  nms: number,
  perClass: flag,
  blend: flag,
  points: count,
  masks: output,
}

export const HEADS: { readonly [Kind in DeclaredHead['kind']]: RulesFor<Extract<DeclaredHead, { kind: Kind }>> } = {
  classes: {
    output,
    labels: texts,
    apply,
    top_k: ['a whole number, 1 or more, or null for all', or(isCount, (value) => value === Infinity)],
  },
  embedding: { output, normalize: flag },
  boxes: {
    ...DETECTING,
    columns: someOf(...COLUMNS),
    boxes: outputs,
    scores: outputs,
    objectness: outputs,
    classes: output,
    keypoints: outputs,
    form: oneOf('corners', 'centres', 'distances', 'exponential', 'offsets', 'priors', 'anchors'),
    grid: ['places: { strides, perCell, centre, sizes }', isRecord],
    relative: flag,
    bins: count,
    point,
    transposed: flag,
    apply,
    combine: oneOf('product', 'root'),
    firstClass: index,
    background: oneOf('last'),
  },
  yolo: { ...DETECTING, rotated: flag, version: oneOf('v5', 'v8', 'end-to-end') },
  yolox: { ...DETECTING, strides: GRID.strides },
  segmentation: { output, labels: texts, layout },
  mask: {
    output,
    threshold: number,
    soft: flag,
    apply: oneOf('none', 'sigmoid', 'minmax'),
    channel: index,
    layout,
  },
  depth: { output },
  image: {
    output,
    range: [
      'two numbers, of black and of white',
      (value) => Array.isArray(value) && value.length === 2 && value.every(isNumber) && value[0] !== value[1],
    ],
    layout,
    channels: oneOf('rgb', 'bgr'),
    gives: oneOf('picture', 'luma', 'ab'),
  },
  keypoints: {
    output,
    labels: texts,
    columns: point,
    relative: flag,
    apply: oneOf('none', 'sigmoid'),
    axes: [
      'the names of two outputs, for x and y',
      (value) => Array.isArray(value) && value.length === 2 && value.every(isText),
    ],
  },
  text: { output, characters: texts, blank: oneOf('first', 'last'), apply: oneOf('none', 'softmax') },
  'text-boxes': { output, threshold: number, boxThreshold: number, unclip: number },
}

const SIZES = ['height', 'maxWidth', 'shorter', 'maxSide', 'multipleOf']
const isSizeRule = (value: unknown) =>
  isRecord(value) && listOf(isCount)(Object.values(value)) && Object.keys(value).every((name) => SIZES.includes(name))

export const PICTURE: RulesFor<PictureInput> = {
  input: ['the name of an input', isText],
  size: [
    `[width, height], or an object with ${SIZES.join(', ')}, in whole pixels`,
    or((value) => Array.isArray(value) && value.length === 2 && value.every(isCount), isSizeRule),
  ],
  fit: oneOf('stretch', 'cover', 'letterbox', 'tiles'),
  overlap: ['whole pixels, 0 or more', index[1]],
  align: oneOf('start', 'centre'),
  pad: ['a number, or three', or(isNumber, (value) => listOf(isNumber)(value) && (value as number[]).length === 3)],
  channels: oneOf('rgb', 'bgr', 'grey', 'lightness'),
  layout,
  scale: number,
  mean: ['a list with a number for each channel', listOf(isNumber)],
  std: [
    'a list with a number above 0 for each channel',
    (value) => listOf(isNumber)(value) && !(value as number[]).includes(0),
  ],
  resample: oneOf('nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming', 'opencv'),
}
