import { defineCodec } from '#core/component.ts'
import { expected } from '#core/errors.ts'
import type { JsonValue } from '#core/types.ts'
import { JSON } from './definition.ts'

export default defineCodec(JSON, {
  encode: (value, _options, _files, path) => toJson(value, path, []),
})

/** @param above - the objects around this one: one that holds itself has no end. */
function toJson(value: unknown, path: string, above: readonly object[]): JsonValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw expected(path, 'a finite number', value, 'JSON has neither NaN nor Infinity: answer null instead.')
  }
  if (typeof value !== 'object') throw expected(path, 'JSON', value)
  if (above.includes(value)) throw expected(path, 'JSON', value, 'It holds itself: answer a copy without that circle.')
  if (value instanceof Date) return value.toISOString()
  const inside = [...above, value]
  if (Array.isArray(value)) return value.map((entry, index) => toJson(entry, `${path}[${index}]`, inside))
  if (ArrayBuffer.isView(value) && 'length' in value)
    return Array.from(value as unknown as ArrayLike<number>, (entry, index) =>
      toJson(entry, `${path}[${index}]`, inside),
    )
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(entries.map(([key, entry]) => [key, toJson(entry, `${path}.${key}`, inside)]))
}
