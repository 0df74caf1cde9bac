/** What an author said of a graph and what a caller feeds it, looked at before anything runs. */

import { expected } from '#core/errors.ts'
import type { Feeds } from '../task.ts'

const KINDS = ['classes', 'boxes', 'yolox', 'segmentation', 'mask', 'depth', 'image', 'text', 'text-boxes']
const CHOICES = {
  fit: ['stretch', 'cover', 'letterbox'],
  channels: ['rgb', 'bgr', 'grey'],
  layout: ['nchw', 'nhwc'],
  resample: ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'],
} as const

/** @throws SpaceError `invalid-value` naming what cannot be */
export function checkDeclaration(picture: unknown, head: unknown): void {
  if (picture !== undefined && picture !== null) checkPicture(picture)
  if (head === undefined || typeof head === 'function') return
  if (!isRecord(head)) throw expected('head', 'a declared head, or a function of the outputs', head)
  if (!KINDS.includes(head.kind as string)) throw expected('head.kind', `one of ${KINDS.join(', ')}`, head.kind)
}

function checkPicture(picture: unknown): void {
  if (!isRecord(picture)) throw expected('picture', 'an object that says how a picture becomes the input', picture)
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = picture[name]
    if (value !== undefined && !(choices as readonly unknown[]).includes(value))
      throw expected(`picture.${name}`, `one of ${choices.join(', ')}`, value)
  }
  for (const name of ['mean', 'std']) {
    const values = picture[name]
    const fits = Array.isArray(values) && values.length > 0 && values.every(isNumber)
    if (values !== undefined && !(fits && (name === 'mean' || !values.includes(0))))
      throw expected(
        `picture.${name}`,
        `a list with a number${name === 'std' ? ' above 0' : ''} for each channel`,
        values,
      )
  }
  for (const name of ['scale', 'pad'])
    if (picture[name] !== undefined && !isNumber(picture[name]))
      throw expected(`picture.${name}`, 'a number', picture[name])
  if (picture.size !== undefined) checkSize(picture.size)
}

function checkSize(size: unknown): void {
  const sides = Array.isArray(size) ? (size.length === 2 ? size : []) : isRecord(size) ? Object.values(size) : []
  const known = Array.isArray(size) || (isRecord(size) && ('height' in size || 'multipleOf' in size))
  const fits = known && sides.length > 0 && sides.every((side) => Number.isInteger(side) && side > 0)
  if (!fits) throw expected('picture.size', '[width, height], { height } or { multipleOf }, in whole pixels', size)
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
