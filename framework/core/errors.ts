/** The one error class of the project, and the sentence that every refusal is made of. */

import { type DetailsOf, ERRORS, type ErrorCode } from './error-catalogue.ts'

/** What a visitor may see of an error. Never a stack, never a path of the server's disk. */
export interface PublicError {
  readonly code: ErrorCode
  readonly title: string
  readonly message: string
  readonly hint: string
  /** Names this failure in the author's log, e.g. `7F3K-21QX`. */
  readonly reference?: string
  /** Where in a source file, with the lines around it. Only `spaces dev` sends it. */
  readonly frame?: string
}

/**
 * An error with a permanent code. `message` reads *path: expected X, got Y. Do Z.*
 * Throw `refused(…)` from a task to tell the visitor something; every other throw is hidden behind a reference number.
 */
export class SpaceError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SpaceError'
  readonly code: C
  readonly details: DetailsOf<C>

  constructor(code: C, details: DetailsOf<C>, options?: { cause?: unknown }) {
    const { message, hint } = describe(code, details)
    super(`${message} ${hint}`, options)
    this.code = code
    this.details = details
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  /** The same error in the visitor's words. */
  toPublic(reference?: string): PublicError {
    const { code, details } = this
    return { code, title: ERRORS[code].title, ...describe(code, details), ...(reference ? { reference } : {}) }
  }
}

function describe<C extends ErrorCode>(code: C, details: DetailsOf<C>): { message: string; hint: string } {
  const entry = ERRORS[code] as unknown as { message(d: DetailsOf<C>): string; hint(d: DetailsOf<C>): string }
  return { message: entry.message(details), hint: entry.hint(details) }
}

/** Holds across copies of this package: an author's own bundle may carry a second one. */
export function isSpaceError(error: unknown): error is SpaceError {
  return error instanceof Error && error.name === 'SpaceError' && 'code' in error && (error.code as string) in ERRORS
}

/** What a task throws to tell the visitor, in its own words, why it cannot go on: `throw refused('No face in this photo.')`. */
export function refused(message: string, hint?: string): SpaceError<'refused'> {
  return new SpaceError('refused', hint === undefined ? { message } : { message, hint })
}

/** *path: expected X, got Y.* The value that came is shown shortened, with its type. */
export function expected(path: string, what: string, value: unknown, hint?: string): SpaceError<'invalid-value'> {
  const got = show(value)
  return new SpaceError(
    'invalid-value',
    hint === undefined ? { path, expected: what, got } : { path, expected: what, got, hint },
  )
}

/** A value as a message shows it: `“seven” (text)`, `-1 (number)`, `nothing`, `a list of 3`. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return `“${value.length > 40 ? `${value.slice(0, 39)}…` : value}” (text)`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return `${value} (${typeof value})`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'function') return 'a function'
  if (value instanceof Float32Array || value instanceof Float64Array) return `${value.length} numbers`
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  const keys = Object.keys(value)
  return keys.length
    ? `an object with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`
    : 'an empty object'
}
