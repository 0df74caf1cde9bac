/**
 * What `setup()` of a space gives: made once, shared by all runs, kept across edits that do not touch it, and disposed
 * when the last run that was given it has ended.
 */

import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { Awaitable } from '#core/types.ts'

/** How long a run that was cancelled, but goes on, may still use what is about to be disposed. */
const LINGER_MS = 2000

/** Whoever waits for it, and wants to see how far it is. */
export interface Follower {
  report(fraction: number, note: string): void
}

type Make = (report: Follower['report']) => unknown

type State =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly value: Promise<unknown> }
  | { readonly name: 'ready'; readonly value: unknown }

export class Setup {
  readonly key: string
  readonly #make: Make | null
  #state: State = { name: 'idle' }
  /** Engines that hold it: during a swap the old one and the new one. */
  #holders = 0
  #lingering = new Set<PromiseLike<unknown>>()
  /** Those who asked while it was being made. */
  #followers: Follower[] = []
  #disposed: Promise<void> | null = null

  constructor(key: string, make: Make | null) {
    this.key = key
    this.#make = make
    if (make === null) this.#state = { name: 'ready', value: undefined }
  }

  get isReady(): boolean {
    return this.#state.name === 'ready'
  }

  /** What `setup` gave, at once where it is there. A failed setup is tried again. Throws `setup-failed`. */
  get(follower?: Follower): Awaitable<unknown> {
    if (this.#state.name === 'ready') return this.#state.value
    if (follower) this.#followers.push(follower)
    if (this.#state.name === 'starting') return this.#state.value
    const value = this.#start()
    // Whoever waits for it sees the failure; a run that failed before on its inputs no longer waits.
    value.catch(() => {})
    this.#state = { name: 'starting', value }
    return value
  }

  async #start(): Promise<unknown> {
    try {
      const value = await this.#make?.((fraction, note) => {
        for (const follower of this.#followers) follower.report(fraction, note)
      })
      this.#state = { name: 'ready', value }
      return value
    } catch (error) {
      this.#state = { name: 'idle' }
      throw new SpaceError('setup-failed', { reason: reasonOf(error) }, { cause: error })
    } finally {
      this.#followers = []
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
    const disposers = disposersOf(value)
    if (disposers.length === 0) return
    if (this.#lingering.size) await atMost(Promise.allSettled(this.#lingering), LINGER_MS)
    this.#state = { name: 'idle' }
    await Promise.all(disposers.map(async (dispose) => dispose()))
  }
}

function reasonOf(error: unknown): string {
  if (isSpaceError(error)) return error.message
  return 'it threw an error of its own.'
}

/** Waits for a promise, but no longer than that. */
async function atMost(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}

/** Whatever way of being closed a value has: `Symbol.asyncDispose`, `Symbol.dispose` or `dispose()`. */
function disposerOf(value: unknown): (() => unknown) | null {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return null
  const owner = value as Record<PropertyKey, unknown>
  for (const name of [Symbol.asyncDispose, Symbol.dispose, 'dispose']) {
    const dispose = owner[name]
    if (typeof dispose === 'function') return () => dispose.call(value)
  }
  return null
}

/** The value's own, or, of a list or a plain object of models, those of its members. */
function disposersOf(value: unknown): (() => unknown)[] {
  const own = disposerOf(value)
  if (own) return [own]
  if (typeof value !== 'object' || value === null) return []
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))
  return isPlain ? Object.values(value).flatMap((member) => disposerOf(member) ?? []) : []
}
