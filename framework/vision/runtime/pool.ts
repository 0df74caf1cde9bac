/**
 * Worker threads for models. A model lives in one worker (or in as many as it is given), so that its memory is paid
 * once; models share workers when there are more of them than workers. Sessions never run on the caller's thread: a
 * run would hold up everything else there.
 */

import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { SpaceError } from '#core/errors.ts'
import { currentFolder } from '../base-dir.ts'
import type { TaskFile } from '../tasks.ts'
import type { OpenRequest } from './messages.ts'
import type { Placement } from './open-task.ts'
import { type Answer, WorkerThread } from './worker-thread.ts'

export interface RuntimeSettings {
  /** Most worker threads. Default: a worker for each core, at least 2 and at most 4. Each costs about 40 MB. */
  readonly workers: number
  /** Threads of one run. Default: the cores, divided by the workers that hold the model. */
  readonly threads: number | null
  /** Calls of one model that may wait; more are refused with `queue-full`. Default 256. */
  readonly maxQueue: number
  /** Minutes after which a model that nobody calls is unloaded; the next call loads it again. Default 15. */
  readonly idleMinutes: number
}

/**
 * Calls under way at once in one worker. While one is in the graph the pictures of the others are decoded, which
 * happens on threads of its own; more would only take memory, 36 MB for a photo of 12 megapixels.
 */
const CALLS_PER_WORKER = 4

const settings: { -readonly [K in keyof RuntimeSettings]: RuntimeSettings[K] } = {
  workers: Math.min(4, Math.max(2, availableParallelism())),
  threads: null,
  maxQueue: 256,
  idleMinutes: 15,
}

/** Sets how models run in this process. What is open already stays as it is. */
export function configureRuntime(change: Partial<RuntimeSettings>): void {
  Object.assign(settings, change)
}

const workers = new Set<WorkerThread>()
const slots = new Map<string, Slot>()

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

/** The same model, task and options is one slot, whoever asks. Give it back with `release`. */
export async function acquire(request: SlotRequest): Promise<Slot> {
  const { task, model, options, workers, providers, pin } = request
  const key = JSON.stringify([task, model.folder, workers, providers, options])
  const slot = slots.get(key) ?? new Slot(key, request)
  slots.set(key, slot)
  slot.users++
  slot.pinned ||= pin
  try {
    await slot.ready()
    return slot
  } catch (error) {
    await slot.release()
    throw error
  }
}

/** The threads that are up. */
export function openWorkers(): readonly WorkerThread[] {
  return [...workers]
}

/** Ends all workers; for tests and the end of a process. */
export async function closeRuntime(): Promise<void> {
  for (const slot of slots.values()) slot.forget()
  slots.clear()
  await Promise.all([...workers].map((worker) => worker.terminate()))
}

function spawn(): WorkerThread {
  const worker = new WorkerThread(() => workers.delete(worker))
  workers.add(worker)
  return worker
}

/** Least models first; a new thread as long as there may be one and all have a model. */
function leastUsed(except: readonly WorkerThread[]): WorkerThread {
  const models = (worker: WorkerThread) => [...slots.values()].filter((slot) => slot.lives(worker)).length
  const free = [...workers].filter((worker) => !except.includes(worker)).sort((a, b) => models(a) - models(b))[0]
  if (free && (models(free) === 0 || workers.size >= Math.max(settings.workers, except.length + 1))) return free
  return spawn()
}

/** Lets a waiting call go on. */
type Start = () => void

interface Home {
  readonly worker: WorkerThread
  readonly ready: Promise<void>
  calls: number
}

/** One open model with its queue. */
export class Slot {
  users = 0
  pinned = false
  readonly #key: string
  readonly #request: SlotRequest
  #homes: Home[] = []
  readonly #queue: Start[] = []
  #idle: NodeJS.Timeout | null = null

  constructor(key: string, request: SlotRequest) {
    this.#key = key
    this.#request = request
  }

  lives(worker: WorkerThread): boolean {
    return this.#homes.some((home) => home.worker === worker)
  }

  /** Opens the model wherever it is to be and is not, which is everywhere at first, and one after a crash. */
  async ready(): Promise<void> {
    this.#homes = this.#homes.filter(({ worker }) => worker.alive)
    while (this.#homes.length < this.#request.workers) {
      const worker = leastUsed(this.#homes.map((home) => home.worker))
      const home: Home = { worker, ready: worker.open(this.#openRequest()), calls: 0 }
      home.ready.catch(() => {
        this.#homes = this.#homes.filter((other) => other !== home)
      })
      this.#homes.push(home)
    }
    await Promise.all(this.#homes.map((home) => home.ready))
  }

  #openRequest(): OpenRequest {
    const { task, model, options, providers, workers } = this.#request
    const threads = settings.threads ?? Math.max(1, Math.floor(availableParallelism() / workers))
    const placement: Placement = { threads, providers, shareWeights: workers > 1 }
    return { type: 'open', key: this.#key, task, model, options, placement }
  }

  /**
   * One call: waits for its turn, then for the answer. An abort takes it out of the queue; once it runs, its answer is
   * dropped when it comes, and its place is free then.
   */
  async call(
    args: readonly unknown[],
    { signal, onProgress = () => {} }: { signal?: AbortSignal; onProgress?: (fraction: number, note?: string) => void },
  ): Promise<Answer> {
    const askedAt = performance.now()
    signal?.throwIfAborted()
    // One signal may cancel a long list of calls; that is no leak.
    if (signal) setMaxListeners(0, signal)
    this.#stopIdleTimer()
    await this.ready()
    const home = await this.#turn(signal)
    const queue = performance.now() - askedAt
    const answering = home.worker.call(this.#key, args, currentFolder(), signal, onProgress)
    const settled = () => {
      home.calls--
      this.#next()
    }
    answering.then(settled, settled)
    const { value, timings } = await orAborted(answering, signal)
    return { value, timings: { ...timings, queue } }
  }

  async #turn(signal: AbortSignal | undefined): Promise<Home> {
    const free = this.#free()
    if (free && this.#queue.length === 0) {
      free.calls++
      return free
    }
    if (this.#queue.length >= settings.maxQueue) throw new SpaceError('queue-full', { limit: settings.maxQueue })
    return new Promise<Home>((resolve, reject) => {
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(start), 1)
        reject(signal?.reason)
      }
      const start = () => {
        signal?.removeEventListener('abort', leave)
        // A worker that crashed in the meantime is replaced before the call goes on.
        this.ready().then(() => {
          const home = this.#free() ?? (this.#homes[0] as Home)
          home.calls++
          resolve(home)
        }, reject)
      }
      this.#queue.push(start)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  #free(): Home | undefined {
    return this.#homes
      .filter(({ worker, calls }) => worker.alive && calls < CALLS_PER_WORKER)
      .sort((a, b) => a.calls - b.calls || a.worker.load - b.worker.load)[0]
  }

  #next(): void {
    const start = this.#queue.shift()
    if (start) start()
    else if (this.#homes.every(({ calls }) => calls === 0)) this.#startIdleTimer()
  }

  #startIdleTimer(): void {
    this.#stopIdleTimer()
    if (this.pinned || !Number.isFinite(settings.idleMinutes)) return
    this.#idle = setTimeout(() => this.#unload(), settings.idleMinutes * 60_000)
    this.#idle.unref()
  }

  #stopIdleTimer(): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = null
  }

  #unload(): void {
    for (const { worker } of this.#homes) worker.close(this.#key)
    this.#homes = []
  }

  /** The last user to leave unloads the model, and a worker without a model ends. */
  async release(): Promise<void> {
    if (--this.users > 0) return
    slots.delete(this.#key)
    this.#stopIdleTimer()
    const mine = this.#homes.map(({ worker }) => worker)
    this.#unload()
    const unused = mine.filter((worker) => ![...slots.values()].some((slot) => slot.lives(worker)))
    await Promise.all(unused.filter((worker) => worker.load === 0).map((worker) => worker.terminate()))
  }

  forget(): void {
    this.#stopIdleTimer()
    this.#homes = []
  }
}

/** Rejects as soon as the signal aborts; what `work` gives later is dropped. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const { promise, resolve, reject } = withResolvers<T>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  work.then(resolve, reject)
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
