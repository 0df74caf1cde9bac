/** What of a call's options stays with whoever calls. Apart from what opens models, which that side need not load. */

import { expected } from '#core/errors.ts'
import type { OnProgress } from '../task.ts'

/** Options of every call, which stay on the caller's side. */
export interface CallOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: OnProgress
}

/**
 * Takes `signal` and `onProgress` out of the options, which are the last argument when that is a plain object.
 * @throws SpaceError `invalid-value` where they are something else
 */
export function splitCall(args: readonly unknown[]): CallOptions & { args: readonly unknown[] } {
  const last = args.at(-1)
  if (!isPlain(last) || !('signal' in last || 'onProgress' in last)) return { args }
  const { signal, onProgress, ...rest } = last as CallOptions & Record<string, unknown>
  checkListeners({ signal, onProgress })
  return { args: [...args.slice(0, -1), rest], ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) }
}

/** @throws SpaceError `invalid-value` naming the one that is something else */
export function checkListeners({ signal, onProgress }: { signal?: unknown; onProgress?: unknown }): void {
  const known = signal as Partial<AbortSignal> | null | undefined
  if (known && !(typeof known.addEventListener === 'function' && 'aborted' in known))
    throw expected('signal', 'an AbortSignal', signal)
  if (onProgress && typeof onProgress !== 'function') throw expected('onProgress', 'a function', onProgress)
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
