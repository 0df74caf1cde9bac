/** Values that may be there at once: most calls never wait, and a call that does not wait costs no promise. */

import type { Awaitable } from '#core/types.ts'

export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** `next` of the value, now or when it is there. */
export function after<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isThenable(value) ? value.then(next) : next(value)
}
