/**
 * What `setup()` of a space gives: made once, shared by all runs, kept across edits that do not touch it, and disposed
 * when the last run that was given it has ended.
 */

import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { Awaitable } from '#core/types.ts'
import { isThenable } from './maybe.ts'

/** How long a run that was cancelled, but goes on, may still use what is about to be disposed. */
const LINGER_MS = 5000

type State =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly value: Promise<unknown> }
  | { readonly name: 'ready'; readonly value: unknown }

export class Setup {
  readonly key: string
  readonly #make: (() => unknown) | null
  #state: State = { name: 'idle' }
  /** Engines that hold it: during a swap the old one and the new one. */
  #holders = 0
  #lingering = new Set<PromiseLike<unknown>>()
  #disposed: Promise<void> | null = null

  constructor(key: string, make: (() => unknown) | null) {
    this.key = key
    this.#make = make
    if (make === null) this.#state = { name: 'ready', value: undefined }
  }

  get isReady(): boolean {
    return this.#state.name === 'ready'
  }

  /** What `setup` gave, at once where it is there. A failed setup is tried again. Throws `setup-failed`. */
  get(): Awaitable<unknown> {
    if (this.#state.name !== 'idle') return this.#state.value
    const value = this.#start()
    this.#state = { name: 'starting', value }
    return value
  }

  async #start(): Promise<unknown> {
    try {
      const value = await this.#make?.()
      this.#state = { name: 'ready', value }
      return value
    } catch (error) {
      this.#state = { name: 'idle' }
      throw new SpaceError('setup-failed', { reason: reasonOf(error) }, { cause: error })
    }
  }

  hold(): void {
    this.#holders++
  }

  /** Remembers a call of `run` that nobody waits for any more but that may still use the value. */
  linger(call: PromiseLike<unknown>): void {
    this.#lingering.add(call)
    const over = () => void this.#lingering.delete(call)
    call.then(over, over)
  }

  /** Disposes the value when the last holder has let go. */
  async drop(): Promise<void> {
    if (--this.#holders > 0) return
    this.#disposed ??= this.#dispose()
    await this.#disposed
  }

  async #dispose(): Promise<void> {
    const state = this.#state
    if (state.name === 'idle') return
    const value = await Promise.resolve(state.value).catch(() => undefined)
    if (this.#lingering.size) await Promise.race([Promise.allSettled(this.#lingering), pause(LINGER_MS)])
    this.#state = { name: 'idle' }
    await disposeOf(value)
  }
}

function reasonOf(error: unknown): string {
  if (isSpaceError(error)) return error.message
  return 'it threw an error of its own.'
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())

/** Whatever way of being closed a value has: `Symbol.asyncDispose`, `Symbol.dispose` or `dispose()`. */
async function disposeOf(value: unknown): Promise<void> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
  const owner = value as Record<PropertyKey, unknown>
  for (const name of [Symbol.asyncDispose, Symbol.dispose, 'dispose']) {
    const dispose = owner[name]
    if (typeof dispose !== 'function') continue
    const closing: unknown = dispose.call(value)
    if (isThenable(closing as Awaitable<unknown>)) await closing
    return
  }
}
