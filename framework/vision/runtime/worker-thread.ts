/** One worker thread, as the pool sees it. */

import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { SpaceError } from '#core/errors.ts'
import { awaitNative, createNativeWork } from '../native-work.ts'
import type { OnProgress, Step } from '../task.ts'
import { pack, unpack, unpackError } from './carry.ts'
import { copyInTurns } from './copying.ts'
import type { FromWorker, OpenRequest, ToWorker } from './messages.ts'
import { forbidTelemetry } from './onnx.ts'

export interface Answer {
  readonly value: unknown
  readonly timings: Readonly<Record<Step, number>>
}

interface Pending<T> {
  resolve(value: T): void
  reject(error: unknown): void
  readonly onProgress?: OnProgress
}

const NAME = 'spaces-vision'
/** Decoded pictures are freed when what points to them is collected: with a small nursery that is soon. */
const LIMITS = { maxYoungGenerationSizeMb: 2 }

/** From the bundle, its entry for workers; from the source tree, the file beside this one, through tsx. */
function startWorker(workerData: Int32Array): Worker {
  if (import.meta.url.endsWith('.ts')) {
    // tsx given by --import registers itself in the main thread alone.
    const [api, entry] = [import.meta.resolve('tsx/esm/api'), new URL('./worker.ts', import.meta.url).href]
    const code = `import(${JSON.stringify(api)}).then(({ register }) => (register(), import(${JSON.stringify(entry)})))`
    return new Worker(code, {
      eval: true,
      name: NAME,
      execArgv: ['--conditions=spaces-source'],
      workerData,
      resourceLimits: LIMITS,
    })
  }
  const beside = new URL('./vision-worker.js', import.meta.url)
  const entry = existsSync(beside) ? beside : new URL('../vision-worker.js', import.meta.url)
  // Flags of this process are not for the worker: `--input-type` would keep it from starting.
  return new Worker(entry, { name: NAME, execArgv: [], workerData, resourceLimits: LIMITS })
}

export class WorkerThread {
  /** How many models live here. */
  models = 0
  readonly #worker: Worker
  readonly #nativeWork = createNativeWork()
  readonly #jobs = new Map<number, Pending<Answer>>()
  readonly #opening = new Map<string, Pending<number>>()
  readonly #closing = new Map<string, () => void>()
  readonly #onExit: () => void
  readonly #ended: Promise<void>
  #failure: Failure | null = null
  #alive = true
  #nextJob = 1

  constructor(onExit: () => void) {
    forbidTelemetry()
    this.#onExit = onExit
    this.#worker = startWorker(this.#nativeWork)
    this.#worker.on('message', (message: FromWorker) => this.#take(message))
    this.#worker.on('error', (error) => {
      this.#failure = failureOf(error)
    })
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#end(this.#failure ?? { reason: `it ended with code ${code}` })
        resolve()
      })
    })
    this.#hold()
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Calls under way here. */
  get load(): number {
    return this.#jobs.size
  }

  /** The bytes of the files that the model has open. */
  async open(request: OpenRequest): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#say(request)
      this.#opening.set(request.key, { resolve, reject })
      this.#hold()
    })
  }

  /** Done when the model's memory is given back. */
  async close(key: string): Promise<void> {
    if (!this.#alive) return
    await new Promise<void>((resolve) => {
      this.#closing.set(key, resolve)
      this.#hold()
      this.#say({ type: 'close', key })
    })
  }

  /** The call goes on in the worker until its next step when `signal` aborts; `settled` tells when it has ended. */
  async call(
    key: string,
    args: readonly unknown[],
    folder: string,
    signal: AbortSignal | undefined,
    onProgress: OnProgress,
  ): Promise<Answer> {
    const packed = await pack(args, copyInTurns)
    signal?.throwIfAborted()
    if (!this.#alive) throw crashed(this.#failure ?? { reason: 'it had ended before' })
    const job = this.#nextJob++
    const cancel = () => this.#say({ type: 'cancel', job })
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#say({ type: 'call', job, key, args: packed.value as readonly unknown[], folder }, packed.transfer)
        this.#jobs.set(job, { resolve, reject, onProgress })
        this.#hold()
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /**
   * Ends the thread as soon as no graph runs and no video is read there. What is under way fails.
   */
  async terminate(): Promise<void> {
    this.#failure ??= { reason: 'it was closed' }
    this.#say({ type: 'end' })
    this.#alive = false
    this.#hold()
    await this.#ended
  }

  /** For the end of the process: blocks until what must not be stopped there has ended, and says whether it has. */
  standStill(until: number): boolean {
    return this.#worker.threadId < 0 || awaitNative(this.#nativeWork, until)
  }

  /** @throws SpaceError `invalid-value` where something in it cannot be sent */
  #say(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    if (!this.#alive) return
    try {
      this.#worker.postMessage(message, transfer)
    } catch (error) {
      throw isCloneError(error) ? unsendable(message.type === 'open' ? 'options' : 'arguments', error) : error
    }
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        this.#opening.get(message.key)?.resolve(message.byteLength)
        this.#opening.delete(message.key)
        break
      case 'open-failed':
        this.#opening.get(message.key)?.reject(unpackError(message.error))
        this.#opening.delete(message.key)
        break
      case 'closed':
        this.#closing.get(message.key)?.()
        this.#closing.delete(message.key)
        break
      case 'progress':
        this.#report(message)
        break
      case 'answer':
        this.#finish(message.job)?.resolve({ value: unpack(message.value), timings: message.timings })
        break
      case 'failed':
        this.#finish(message.job)?.reject(unpackError(message.error))
    }
    this.#hold()
  }

  /** A listener that throws ends its own call, and nothing else. */
  #report({ job, fraction, note, partial }: FromWorker & { type: 'progress' }): void {
    try {
      this.#jobs.get(job)?.onProgress?.(fraction, note ?? undefined, unpack(partial))
    } catch (error) {
      this.#say({ type: 'cancel', job })
      this.#finish(job)?.reject(error)
    }
  }

  #finish(job: number): Pending<Answer> | undefined {
    const pending = this.#jobs.get(job)
    this.#jobs.delete(job)
    return pending
  }

  /** Keeps the process alive while somebody waits, and no longer. */
  #hold(): void {
    const waiting = this.#jobs.size + this.#opening.size + this.#closing.size > 0
    if (waiting || !this.#alive) this.#worker.ref()
    else this.#worker.unref()
  }

  #end(failure: Failure): void {
    this.#alive = false
    const waiting = [...this.#jobs.values(), ...this.#opening.values()]
    this.#jobs.clear()
    this.#opening.clear()
    this.#onExit()
    for (const { reject } of waiting) reject(crashed(failure))
    for (const closed of this.#closing.values()) closed()
    this.#closing.clear()
  }
}

const isCloneError = (error: unknown): error is DOMException =>
  error instanceof DOMException && error.name === 'DataCloneError'

const unsendable = (path: string, cause: DOMException) =>
  new SpaceError(
    'invalid-value',
    { path, expected: 'pictures, bytes, texts, numbers, lists and plain objects', got: cause.message },
    { cause },
  )

interface Failure {
  readonly reason: string
  readonly cause?: unknown
}

/** A visitor may see the reason; what names files stays in the cause, for the author's log. */
function failureOf(cause: unknown): Failure {
  const { code } = cause as { code?: unknown }
  return { reason: code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : 'an error of its own', cause }
}

const crashed = ({ reason, cause }: Failure) =>
  new SpaceError('worker-crashed', { reason }, cause === undefined ? {} : { cause })
