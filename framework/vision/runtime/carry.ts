/**
 * Values across a thread boundary. Structured clone carries plain values and typed arrays; images and errors go as
 * descriptions. Bytes are copied here and their copy handed over, so that neither side sees the other's memory and the
 * receiving thread, which may be the server's, spends no time on them.
 */

import { ERRORS, type ErrorCode } from '#core/error-catalogue.ts'
import { expected, isSpaceError, SpaceError } from '#core/errors.ts'
import type { Image, Pixels } from '#core/media.ts'
import type { Header, Source } from '../media/codec.ts'
import { ImageHandle, originOf, readPixels } from '../media/image.ts'
import { type Copy, copyAtOnce } from './copying.ts'

type CarriedOrigin =
  | { readonly kind: 'encoded'; readonly source: Source; readonly header: Header }
  | { readonly kind: 'pixels'; readonly pixels: Pixels }

interface CarriedImage {
  readonly [MARK]: CarriedOrigin
  readonly name: string | null
}

const MARK = '@spaces/image'

/** Arrays below this are cloned: handing over has a cost of its own. In bytes. */
const WORTH_HANDING_OVER = 4096

export interface Packed {
  readonly value: unknown
  readonly transfer: ArrayBuffer[]
}

/** Makes a value fit for `postMessage`. Pending changes to an image are done first. */
export async function pack(value: unknown, copy: Copy = copyAtOnce): Promise<Packed> {
  const transfer: ArrayBuffer[] = []
  return { value: await packValue(value, { copy, transfer }), transfer }
}

interface Packing {
  readonly copy: Copy
  readonly transfer: ArrayBuffer[]
}

async function packValue(value: unknown, packing: Packing): Promise<unknown> {
  if (typeof value === 'function' || typeof value === 'symbol') throw uncarried(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Promise) throw uncarried(value, 'It is a promise: await it first.')
  const origin = originOf(value)
  if (origin) {
    const { name } = value as Image
    if (origin.kind === 'encoded') {
      const { source, header } = origin
      const kept = 'bytes' in source ? { bytes: await handOver(source.bytes, packing) } : source
      return { [MARK]: { kind: 'encoded', source: kept, header }, name }
    }
    const { width, height, channels, data } = await readPixels(origin)
    const pixels = { width, height, channels, data: await handOver(data, packing) }
    return { [MARK]: { kind: 'pixels', pixels }, name }
  }
  if (ArrayBuffer.isView(value)) return handOver(value, packing)
  if (value instanceof Blob) return handOver(new Uint8Array(await value.arrayBuffer()), packing)
  if (value instanceof URL) return value.href
  if (Array.isArray(value)) {
    // Most lists are of numbers, boxes or labels: nothing in them needs waiting for.
    return value.some((entry) => (typeof entry === 'object' && entry !== null) || typeof entry === 'function')
      ? Promise.all(value.map((entry) => packValue(entry, packing)))
      : value
  }
  if (!isPlain(value)) return value
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, entry]) => [key, await packValue(entry, packing)] as const),
  )
  return Object.fromEntries(entries)
}

const uncarried = (value: unknown, hint?: string) =>
  expected('arguments', 'pictures, bytes, texts, numbers, lists and plain objects', value, hint)

async function handOver<T extends ArrayBufferView>(view: T, { copy, transfer }: Packing): Promise<T> {
  const { buffer, byteOffset, byteLength } = view
  if (byteLength < WORTH_HANDING_OVER && buffer.byteLength === byteLength) return view
  const { buffer: own } = await copy(new Uint8Array(buffer, byteOffset, byteLength))
  transfer.push(own)
  // A Buffer cannot be made by its constructor, and arrives as a Uint8Array anyway.
  const Type = (view instanceof Uint8Array ? Uint8Array : view.constructor) as unknown as new (buffer: ArrayBuffer) => T
  return new Type(own)
}

/** The other direction. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) {
    return value.some((entry) => typeof entry === 'object' && entry !== null) ? value.map(unpack) : value
  }
  if (MARK in value) {
    const carried = value as CarriedImage
    return new ImageHandle(carried[MARK], { path: 'image', name: carried.name })
  }
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unpack(entry)]))
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** An error as it crosses. The stack is the one that helps: where it happened, on the other thread. */
export interface CarriedError {
  readonly code: ErrorCode | null
  readonly details: unknown
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly cause: string | null
}

export function packError(error: unknown): CarriedError {
  const { name, message, stack, cause } = error instanceof Error ? error : new Error(String(error))
  return {
    code: isSpaceError(error) ? error.code : null,
    details: isSpaceError(error) ? error.details : null,
    name,
    message,
    stack: stack ?? message,
    cause: cause === undefined ? null : cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  }
}

export function unpackError({ code, details, name, message, stack, cause }: CarriedError): Error {
  const options = cause === null ? {} : { cause }
  const known = code !== null && code in ERRORS
  const error = known ? new SpaceError(code, details as never, options) : new Error(message, options)
  if (!known) Object.defineProperty(error, 'name', { value: name, configurable: true })
  error.stack = stack
  return error
}
