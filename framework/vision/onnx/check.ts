/** What an author said of a graph and what a caller feeds it, looked at before anything runs. */

import { expected } from '#core/errors.ts'
import { nearest } from '#core/nearest.ts'
import type { Feeds } from '../task.ts'
import type { PictureInput } from './declaration.ts'
import type { DeclaredHead } from './head-kinds.ts'

type KeysOf<K> = Exclude<keyof Extract<DeclaredHead, { kind: K }>, 'kind'>

/** What each kind of head may say. */
const HEADS = {
  classes: ['output', 'labels', 'apply', 'top_k'],
  embedding: ['output', 'normalize'],
  boxes: [
    ...['output', 'columns', 'boxes', 'scores', 'objectness', 'classes', 'keypoints', 'form', 'grid', 'relative'],
    ...['bins', 'point', 'masks'],
    ...[
      'transposed',
      'apply',
      'combine',
      'firstClass',
      'background',
      'labels',
      'threshold',
      'nms',
      'perClass',
      'points',
    ],
  ] as KeysOf<'boxes'>[],
  yolo: ['output', 'version', 'labels', 'threshold', 'nms', 'perClass', 'points', 'masks'],
  yolox: ['output', 'strides', 'labels', 'threshold', 'nms', 'perClass', 'points'],
  segmentation: ['output', 'labels', 'layout'],
  mask: ['output', 'threshold', 'soft', 'apply', 'channel', 'layout'],
  depth: ['output'],
  image: ['output', 'range', 'layout', 'channels', 'gives'],
  keypoints: ['output', 'labels', 'columns', 'relative', 'apply', 'axes'],
  text: ['output', 'characters', 'blank', 'apply'],
  'text-boxes': ['output', 'threshold', 'boxThreshold', 'unclip'],
} as const satisfies { [K in DeclaredHead['kind']]: readonly KeysOf<K>[] }

const PICTURE: readonly (keyof PictureInput)[] = [
  ...([
    'input',
    'size',
    'fit',
    'overlap',
    'align',
    'pad',
    'channels',
    'layout',
    'scale',
    'mean',
    'std',
    'resample',
  ] as const),
]
const CHOICES = {
  fit: ['stretch', 'cover', 'letterbox', 'tiles'],
  align: ['start', 'centre'],
  channels: ['rgb', 'bgr', 'grey', 'lightness'],
  layout: ['nchw', 'nhwc'],
  resample: ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming', 'opencv'],
} as const

/** @throws SpaceError `invalid-value` naming what cannot be */
export function checkDeclaration(picture: unknown, head: unknown, pictures: unknown = {}): void {
  if (picture !== undefined && picture !== null) checkPicture(picture, 'picture')
  if (!isRecord(pictures)) throw expected('pictures', 'pictures by the names of their inputs', pictures)
  for (const [name, one] of Object.entries(pictures)) checkPicture(one, `pictures.${name}`)
  const tiled = isRecord(picture) && picture.fit === 'tiles'
  const { kind, gives = 'picture' } = isRecord(head) ? head : {}
  if (tiled && !(kind === 'image' && gives === 'picture'))
    throw expected('head', 'one of kind “image” that gives pictures, as the picture goes in as tiles', head)
  if (head === undefined || typeof head === 'function') return
  if (!isRecord(head)) throw expected('head', 'a declared head, or a function of the outputs', head)
  if (!Object.hasOwn(HEADS, String(head.kind)))
    throw expected('head.kind', `one of ${Object.keys(HEADS).join(', ')}`, head.kind)
  checkKeys(head, ['kind', ...HEADS[head.kind as DeclaredHead['kind']]], 'head')
  for (const name of ['threshold', 'nms'])
    if (head[name] !== undefined && !isNumber(head[name])) throw expected(`head.${name}`, 'a number', head[name])
  for (const name of ['labels', 'characters']) {
    const texts = head[name]
    const needed = name === 'characters' && head.kind === 'text'
    if (texts === undefined ? needed : !(Array.isArray(texts) && texts.every((text) => typeof text === 'string')))
      throw expected(`head.${name}`, 'a list of texts', texts)
  }
}

function checkPicture(picture: unknown, path: string): void {
  if (!isRecord(picture)) throw expected(path, 'an object that says how a picture becomes the input', picture)
  checkKeys(picture, PICTURE, path)
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = picture[name]
    if (value !== undefined && !(choices as readonly unknown[]).includes(value))
      throw expected(`${path}.${name}`, `one of ${choices.join(', ')}`, value)
  }
  for (const name of ['mean', 'std']) {
    const values = picture[name]
    const fits = Array.isArray(values) && values.length > 0 && values.every(isNumber)
    if (values !== undefined && !(fits && (name === 'mean' || !values.includes(0))))
      throw expected(
        `${path}.${name}`,
        `a list with a number${name === 'std' ? ' above 0' : ''} for each channel`,
        values,
      )
  }
  const { scale, pad, size, overlap } = picture
  if (overlap !== undefined && !(Number.isInteger(overlap) && (overlap as number) >= 0))
    throw expected(`${path}.overlap`, 'whole pixels, 0 or more', overlap)
  if (scale !== undefined && !isNumber(scale)) throw expected(`${path}.scale`, 'a number', scale)
  const pads = Array.isArray(pad) && pad.length === 3 ? pad : [pad]
  if (pad !== undefined && !pads.every(isNumber)) throw expected(`${path}.pad`, 'a number, or three', pad)
  if (size !== undefined) checkSize(size, `${path}.size`)
}

/** @throws SpaceError `invalid-value` naming the first that is not known, and what was meant */
export function checkKeys(given: object, known: readonly string[], path: string): void {
  const stray = Object.keys(given).find((name) => !known.includes(name))
  if (stray === undefined) return
  const hint = nearest(stray, known) || `${path} takes ${known.join(', ')}.`
  throw expected(`${path}.${stray}`, 'nothing', (given as Readonly<Record<string, unknown>>)[stray], hint)
}

const SIZES = ['height', 'maxWidth', 'shorter', 'maxSide', 'multipleOf']

function checkSize(size: unknown, path: string): void {
  const sides = Array.isArray(size) ? (size.length === 2 ? size : []) : isRecord(size) ? Object.values(size) : []
  const known = Array.isArray(size) || (isRecord(size) && Object.keys(size).every((name) => SIZES.includes(name)))
  const fits = known && sides.length > 0 && sides.every((side) => Number.isInteger(side) && side > 0)
  if (!fits) throw expected(path, `[width, height], or an object with ${SIZES.join(', ')}, in whole pixels`, size)
}

const ARRAYS: Readonly<Record<string, unknown>> = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
}

/** @throws SpaceError `invalid-value` naming the input that is no tensor */
export function checkFeeds(feeds: unknown): asserts feeds is Feeds {
  if (!isRecord(feeds)) throw expected('feeds', 'tensors by the names of the graph’s inputs', feeds)
  for (const [name, value] of Object.entries(feeds)) {
    if (value === undefined) continue
    const { type, dims, data } = isRecord(value) ? value : {}
    const Type = ARRAYS[String(type)] as { new (): object } | undefined
    if (!(Type && data instanceof Type && Array.isArray(dims)))
      throw expected(name, `a tensor { type, dims, data } of ${Object.keys(ARRAYS).join(', ')}`, value)
    const count = dims.reduce((product: number, dim) => product * Number(dim), 1)
    const { length } = data as unknown as ArrayLike<unknown>
    if (count !== length) throw expected(name, `${count} values for [${dims.join(', ')}]`, `${length} values`)
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
