/**
 * Checks for what comes over the wire. A schema names what it wants in words (`a number from 1 to 8`), refuses
 * everything else with a sentence, finds the files inside a value, and prints itself as JSON Schema.
 */

import { expected } from './errors.ts'
import type { JsonValue } from './types.ts'

/** A file that the server keeps, as the wire names it. Only `id` is trusted by the server; the rest is for showing. */
export interface FileRef {
  /** Signed by the server and good for one session. */
  readonly id: string
  readonly mime: string
  readonly name: string
  readonly byteLength: number
  /** Pixels after the EXIF turn, for pictures. */
  readonly width?: number
  readonly height?: number
}

export interface Schema<T> {
  /** What it wants, as it stands in messages after “expected”. */
  readonly wants: string
  /** Gives the value, or throws `invalid-value` naming the path. */
  parse(value: unknown, path: string): T
  /** Every file that the value names, in order. */
  files(value: T): readonly FileRef[]
  readonly json: JsonSchema
}

export type JsonSchema = { readonly [key: string]: JsonValue }

const none: readonly FileRef[] = []

function leaf<T>(wants: string, json: JsonSchema, is: (value: unknown) => value is T): Schema<T> {
  return {
    wants,
    json,
    files: () => none,
    parse(value, path) {
      if (is(value)) return value
      throw expected(path, wants, value)
    },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `1 to 8`, `at least 1`, … as a message needs it. */
function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

export const schema = {
  /** @param limits - `maxLength` counts UTF-16 code units. */
  text(limits: { maxLength?: number } = {}): Schema<string> {
    const { maxLength } = limits
    const wants = maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`
    const json: JsonSchema = maxLength === undefined ? { type: 'string' } : { type: 'string', maxLength }
    return leaf(
      wants,
      json,
      (value): value is string => typeof value === 'string' && value.length <= (maxLength ?? Infinity),
    )
  },

  /** A finite number. */
  number(limits: { min?: number; max?: number; integer?: boolean } = {}): Schema<number> {
    const { min, max, integer } = limits
    const json: JsonSchema = {
      type: integer ? 'integer' : 'number',
      ...(min === undefined ? {} : { minimum: min }),
      ...(max === undefined ? {} : { maximum: max }),
    }
    return leaf(`${integer ? 'a whole number' : 'a number'}${range(min, max)}`, json, (value): value is number => {
      if (typeof value !== 'number' || !Number.isFinite(value)) return false
      return (!integer || Number.isInteger(value)) && value >= (min ?? -Infinity) && value <= (max ?? Infinity)
    })
  },

  boolean(): Schema<boolean> {
    return leaf('true or false', { type: 'boolean' }, (value) => typeof value === 'boolean')
  },

  oneOf<const T extends string | number>(values: readonly T[]): Schema<T> {
    const names = values.map((value) => `“${value}”`)
    const wants =
      names.length > 8
        ? `one of ${names.slice(0, 7).join(', ')} and ${names.length - 7} more`
        : `one of ${names.join(', ')}`
    return leaf(wants, { enum: values }, (value): value is T => values.includes(value as T))
  },

  /** Anything that JSON can say, up to 200 levels deep. */
  json(): Schema<JsonValue> {
    return leaf('JSON', {}, (value): value is JsonValue => isJson(value))
  },

  /** A reference to an uploaded file. The file's real type is checked by the server, from its bytes. */
  file(accept: string): Schema<FileRef> {
    const kind = accept.startsWith('image/') ? 'a picture' : accept.startsWith('video/') ? 'a video' : 'a file'
    return {
      wants: kind,
      json: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'], 'x-accept': accept },
      files: (value) => [value],
      parse(value, path) {
        if (isRecord(value) && typeof value.id === 'string') return value as unknown as FileRef
        throw expected(path, kind, value, `Upload ${kind} first, or send it as a data URL.`)
      },
    }
  },

  list<T>(item: Schema<T>, limits: { maxItems?: number } = {}): Schema<readonly T[]> {
    const { maxItems } = limits
    const wants = `a list${maxItems === undefined ? '' : ` of at most ${maxItems}`}, each ${item.wants}`
    return {
      wants,
      json: { type: 'array', items: item.json, ...(maxItems === undefined ? {} : { maxItems }) },
      files: (value) => value.flatMap((entry) => item.files(entry)),
      parse(value, path) {
        if (!Array.isArray(value) || value.length > (maxItems ?? Infinity)) throw expected(path, wants, value)
        return value.map((entry, index) => item.parse(entry, `${path}[${index}]`))
      },
    }
  },

  object<T extends Record<string, unknown>>(fields: { [K in keyof T]: Schema<T[K]> }): Schema<T> {
    const entries = Object.entries(fields) as [keyof T & string, Schema<T[keyof T]>][]
    const names = entries.map(([name]) => name)
    const wants = `an object with ${names.join(', ')}`
    return {
      wants,
      json: {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, field]) => [name, field.json])),
        required: names,
      },
      files: (value) => entries.flatMap(([name, field]) => field.files(value[name])),
      parse(value, path) {
        if (!isRecord(value)) throw expected(path, wants, value)
        return Object.fromEntries(
          entries.map(([name, field]) => [name, field.parse(value[name], `${path}.${name}`)]),
        ) as T
      },
    }
  },

  nullable<T>(inner: Schema<T>): Schema<T | null> {
    return {
      wants: `${inner.wants}, or null`,
      json: { anyOf: [inner.json, { type: 'null' }] },
      files: (value) => (value === null ? none : inner.files(value)),
      parse: (value, path) => (value === null || value === undefined ? null : inner.parse(value, path)),
    }
  },
}

/** Deeper than any answer or form; a visitor's message must not use up the stack. */
const MAX_DEPTH = 200

function isJson(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (depth >= MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((entry) => isJson(entry, depth + 1))
  if (!isRecord(value)) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((entry) => entry === undefined || isJson(entry, depth + 1))
}
