/** One open model with its queue. */

import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { SpaceError } from '#core/errors.ts'
import { currentFolder } from '../base-dir.ts'
import type { OnProgress } from '../task.ts'
import type { TaskFile } from '../tasks.ts'
import { orAborted } from './aborted.ts'
import { forget, type Holder, makeRoom } from './memory.ts'
import type { OpenRequest } from './messages.ts'
import { settings } from './settings.ts'
import type { Answer, WorkerThread } from './worker-thread.ts'
import { chooseWorker, endUnused } from './workers.ts'

export interface SlotRequest {
  readonly task: TaskFile
  readonly model: { readonly id: string; readonly folder: string }
  readonly options: Readonly<Record<string, unknown>>
  /** How many workers hold the model. */
  readonly workers: number
  readonly providers: readonly string[]
  /** Stays loaded however long nobody calls it. */
  readonly pin: boolean
}

export interface SlotCall {
  readonly signal?: AbortSignal
  readonly onProgress?: OnProgress
  /** Belongs to a list whose first call was let in: it may wait however many others do. */
  readonly follows?: boolean
}

/** A worker that holds the model. */
interface Home {
  readonly worker: WorkerThread
  /** The worker's name for it: another one each time, since the one before may still be closing there. */
  readonly key: string
  readonly ready: Promise<void>
  /** Of the model's files, once they are open. */
  bytes: number
  calls: number
}

/**
 * Calls under way at once in one worker. While one is in the graph the pictures of the others are decoded, which
 * happens on threads of its own; more would only take memory, 36 MB for a photo of 12 megapixels.
 */
export const CALLS_PER_WORKER = 4

let opened = 0

/** The longest that a timer of Node can wait; beyond it would not wait at all. */
const LONGEST_MS = 2 ** 31 - 1

export class Slot implements Holder {
  /** How many of its users want it to stay loaded. */
  #pins = 0
  #abandoned = false
  readonly #request: SlotRequest
  /** Lets a waiting call go on. */
  readonly #queue: (() => void)[] = []
  /** Whole calls, and what goes on in a worker after a call was given up. */
  readonly #unfinished = new Set<Promise<unknown>>()
  #homes: Home[] = []
  /** While the model is given back: it is opened anew when that is done, and not in memory twice. */
  #unloading: Promise<void> | null = null
  #neededAt = performance.now()
  #idle: NodeJS.Timeout | null = null

  constructor(request: SlotRequest) {
    this.#request = request
  }

  pin(): void {
    this.#pins++
  }

  unpin(): void {
    this.#pins--
    if (this.#unfinished.size === 0) this.#startIdleTimer()
  }

  get bytes(): number {
    return this.#homes.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get idleSince(): number | null {
    return this.#stays || this.#unfinished.size > 0 ? null : this.#neededAt
  }

  get #stays(): boolean {
    return this.#pins > 0 || this.#abandoned
  }

  /** Opens the model wherever it is to be and is not: everywhere at first, in one worker after a crash. */
  async ready(): Promise<void> {
    while (this.#unloading) await this.#unloading
    this.#homes = this.#homes.filter(({ worker }) => worker.alive)
    const missing = this.#homes.length < this.#request.workers
    while (this.#homes.length < this.#request.workers) {
      const worker = chooseWorker(this.#homes.map((home) => home.worker))
      worker.models++
      const key = String(++opened)
      const ready = worker.open(this.#openRequest(key)).then((bytes) => {
        home.bytes = bytes
      })
      const home: Home = { worker, key, ready, bytes: 0, calls: 0 }
      this.#homes.push(home)
      home.ready.catch(() => {
        worker.models--
        this.#homes = this.#homes.filter((other) => other !== home)
        endUnused(worker)
      })
    }
    await Promise.all(this.#homes.map((home) => home.ready))
    if (!missing) return
    await makeRoom(this)
    if (this.#unfinished.size === 0) this.#startIdleTimer()
  }

  #openRequest(key: string): OpenRequest {
    const { task, model, options, providers, workers } = this.#request
    const cores = Math.max(1, Math.floor(availableParallelism() / workers))
    const placement = { threads: settings.threads ?? cores, providers, shareWeights: workers > 1, helpers: cores - 1 }
    return { type: 'open', key, task, model, options, placement }
  }

  /**
   * One call: waits for its turn, then for the answer. An abort takes it out of the queue; once it runs, it goes on in
   * the worker until its next step, and its place is free then.
   */
  async call(args: readonly unknown[], options: SlotCall): Promise<Answer> {
    const { signal } = options
    signal?.throwIfAborted()
    // One signal may cancel a long list of calls; that is no leak.
    if (signal) setMaxListeners(0, signal)
    if (this.#idle) clearTimeout(this.#idle)
    return this.#track(this.#callNow(args, options))
  }

  async #callNow(
    args: readonly unknown[],
    { signal, onProgress = () => {}, follows = false }: SlotCall,
  ): Promise<Answer> {
    const askedAt = performance.now()
    const home = await this.#turn(signal, follows)
    const queue = performance.now() - askedAt
    const answering = this.#track(home.worker.call(home.key, args, currentFolder(), signal, onProgress))
    const settled = () => {
      home.calls--
      this.#next()
    }
    answering.then(settled, settled)
    const { value, timings } = await orAborted(answering, signal)
    return { value, timings: { ...timings, queue } }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#unfinished.add(work)
    const finished = () => {
      this.#unfinished.delete(work)
      this.#neededAt = performance.now()
      if (this.#unfinished.size === 0) this.#startIdleTimer()
    }
    work.then(finished, finished)
    return work
  }

  async #turn(signal: AbortSignal | undefined, follows: boolean): Promise<Home> {
    if (this.#queue.length === 0) {
      await orAborted(this.ready(), signal)
      const free = this.#free()
      if (free) return taken(free)
      // Whoever waits is woken by a call that ends. With none under way the worker has just died, and says so.
      if (this.#homes.every(({ calls }) => calls === 0)) return taken(this.#homes[0] as Home)
    }
    const { maxQueue } = settings
    if (this.#queue.length >= maxQueue && !follows) throw new SpaceError('queue-full', { limit: maxQueue })
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(start), 1)
        reject(signal?.reason)
      }
      this.#queue.push(start)
      signal?.addEventListener('abort', leave, { once: true })
    })
    try {
      // A worker that crashed in the meantime is replaced before the call goes on.
      await this.ready()
    } catch (error) {
      this.#next()
      throw error
    }
    return taken(this.#free() ?? (this.#homes[0] as Home))
  }

  #free(): Home | undefined {
    return this.#homes
      .filter(({ worker, calls }) => worker.alive && calls < CALLS_PER_WORKER)
      .sort((a, b) => a.calls - b.calls || a.worker.load - b.worker.load)[0]
  }

  #next(): void {
    this.#queue.shift()?.()
  }

  #startIdleTimer(): void {
    if (this.#stays || !Number.isFinite(settings.idleMinutes)) return
    if (this.#idle) clearTimeout(this.#idle)
    const unload = () => {
      // Somebody may have asked in the meantime that it stays.
      if (this.idleSince !== null) void this.unload()
    }
    this.#idle = setTimeout(unload, Math.min(settings.idleMinutes * 60_000, LONGEST_MS))
    this.#idle.unref()
  }

  /** Gives its memory back; the next call loads it again. */
  async unload(): Promise<void> {
    this.#unloading ??= this.#leave().finally(() => {
      this.#unloading = null
    })
    await this.#unloading
  }

  async #leave(): Promise<void> {
    const homes = this.#homes
    this.#homes = []
    // One that is still opening is closed once it is open; one that never opened has nothing to give back.
    const opened = await Promise.allSettled(homes.map(({ ready }) => ready))
    const open = homes.filter((_, index) => opened[index]?.status === 'fulfilled')
    await Promise.all(
      open.map(async ({ worker, key }) => {
        await worker.close(key)
        worker.models--
        endUnused(worker)
      }),
    )
  }

  /** Done when no call is under way. */
  async still(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.allSettled(this.#unfinished)
  }

  /** Unloads the model for good. */
  async close(): Promise<void> {
    this.abandon()
    await this.unload()
  }

  /** Stops what would go on by itself. */
  abandon(): void {
    this.#abandoned = true
    forget(this)
    if (this.#idle) clearTimeout(this.#idle)
  }
}

function taken(home: Home): Home {
  home.calls++
  return home
}
