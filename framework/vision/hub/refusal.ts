/** An answer of the Hub that is none, and how long to wait before it is asked again. */

/** No longer than this; who is asked to wait longer is told so. */
const LONGEST_WAIT_MS = 60_000

/** The cause of a `SpaceError` that an HTTP answer led to. */
export class Refusal extends Error {
  readonly status: number
  /** What the Hub means by it, `EntryNotFound`; null where it does not say. */
  readonly code: string | null
  /** How long the Hub asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null
  /** Whether another host said so, where the Hub keeps its files. */
  readonly isElsewhere: boolean

  constructor(message: string, status: number, headers: Headers, isElsewhere = false) {
    super(message)
    this.isElsewhere = isElsewhere
    this.status = status
    this.code = headers.get('x-error-code')
    this.retryAfterMs = retryAfter(headers)
  }
}

/** The Hub itself says with a code what it misses; a mirror that lacks the whole question does not. */
export function isLacking(error: unknown): boolean {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Refusal && cause.code === null && [404, 405, 501].includes(cause.status)
}

/**
 * How long to wait before another attempt; null where none is worth it.
 * @param attempt - how many there were, from 1
 */
export function waitBefore(error: unknown, attempt: number): number | null {
  const { cause } = error as { cause?: unknown }
  const usual = 250 * 2 ** attempt
  if (!(cause instanceof Refusal)) return usual
  const { status, retryAfterMs, isElsewhere } = cause
  // A signed address that has run out is refused with 403; the Hub gives a new one to whoever asks again.
  const isPassing = status >= 500 || status === 429 || status === 408 || (isElsewhere && status === 403)
  if (!isPassing) return null
  if (retryAfterMs === null) return usual
  return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs : null
}

/**
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), else the seconds until the window of the Hub's `RateLimit`
 * ends (`"api";r=0;t=55`, https://huggingface.co/docs/hub/rate-limits).
 */
export function retryAfter(headers: Headers, now: () => number = Date.now): number | null {
  const said = headers.get('retry-after')?.trim()
  if (said && /^\d+(\.\d+)?$/.test(said)) return Number(said) * 1000
  const date = said ? Date.parse(said) : Number.NaN
  if (Number.isFinite(date)) return Math.max(0, date - now())
  const limit = /;\s*r=0\b.*;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]
  return limit === undefined ? null : Number(limit) * 1000
}
