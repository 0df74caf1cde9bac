/** What an author said of a graph and what a caller feeds it, looked at before anything runs. */

import { expected } from '#core/errors.ts'
import { nearest } from '#core/nearest.ts'
import type { Feeds } from '../task.ts'
import type { DeclaredHead } from './head-kinds.ts'
import { GRID, HEADS, isRecord, PICTURE, type Rules } from './rules.ts'

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
  const { kind: _, ...parts } = head
  checkParts(parts, HEADS[head.kind as DeclaredHead['kind']], 'head')
  if (isRecord(parts.grid)) checkParts(parts.grid, GRID, 'head.grid', ['strides'])
  if (head.kind === 'text') checkParts(parts, HEADS.text, 'head', ['characters'])
}

function checkPicture(picture: unknown, path: string): void {
  if (!isRecord(picture)) throw expected(path, 'an object that says how a picture becomes the input', picture)
  checkParts(picture, PICTURE, path)
}

/** What is null or undefined was left out. */
function checkParts(
  given: Readonly<Record<string, unknown>>,
  rules: Rules,
  path: string,
  needed: readonly string[] = [],
): void {
  checkKeys(given, Object.keys(rules), path)
  for (const [name, [what, fits]] of Object.entries(rules)) {
    const value = given[name]
    if ((value ?? null) === null ? needed.includes(name) : !fits(value)) throw expected(`${path}.${name}`, what, value)
  }
}

/** @throws SpaceError `invalid-value` naming the first that is not known, and what was meant */
export function checkKeys(given: object, known: readonly string[], path: string): void {
  const stray = Object.keys(given).find((name) => !known.includes(name))
  if (stray === undefined) return
  const hint = nearest(stray, known) || `${path} takes ${known.join(', ')}.`
  throw expected(`${path}.${stray}`, 'nothing', (given as Readonly<Record<string, unknown>>)[stray], hint)
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
