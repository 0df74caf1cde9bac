/**
 * A page that is open, whether or not it is connected at the moment: its jobs, and everything it has to be told.
 * The rules are those of `core/protocol.ts`.
 */

import type { WebSocket } from 'ws'
import { SpaceError, show } from '#core/errors.ts'
import type { Wires } from '#core/manifest.ts'
import { type JobEvent, MAX_JOB_ID_LENGTH, type ServerMessage } from '#core/protocol.ts'
import type { Flusher } from './flusher.ts'
import type { Host } from './host.ts'
import type { Asker, End, Job } from './job.ts'
import type { Limits } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { Session } from './session.ts'

/** Several messages share a frame up to about this length. */
const FRAME_CHARS = 256 * 1024
/** More than this on its way to a slow page, and its tasks wait. */
const BUFFER_BYTES = 1024 * 1024
/** More than this, and a page that sends but does not read is cut off. */
const MAX_BUFFER_BYTES = 32 * 1024 * 1024
/** Least distance of two progress messages of a job: nobody sees more. */
const PROGRESS_MS = 50

export class Tab implements Asker {
  readonly id: string
  readonly session: Session
  readonly host: Host
  /** Answered since the last ping. */
  isAlive = true
  /** When it lost its connection, in the clock of `performance.now()`; null while it has one. */
  awaySince: number | null = null
  readonly #limits: Limits
  readonly #flusher: Flusher
  readonly #outbox: Outbox
  readonly #jobs = new Map<string, Job>()
  #socket: WebSocket | null = null
  #touched: Job[] = []
  #isDirty = false
  #later: NodeJS.Timeout | null = null
  #pressure: { promise: Promise<void>; release: () => void } | null = null

  constructor(id: string, session: Session, host: Host, limits: Limits, flusher: Flusher) {
    this.id = id
    this.session = session
    this.host = host
    this.#limits = limits
    this.#flusher = flusher
    this.#outbox = new Outbox(limits.maxOutboxChars)
  }

  get socket(): WebSocket | null {
    return this.#socket
  }

  /** Takes a connection, in place of one that it may still have, and goes on after `seen`. */
  connect(socket: WebSocket, seen: number | null): void {
    const previous = this.#socket
    this.#socket = socket
    previous?.terminate()
    this.isAlive = true
    this.awaySince = null
    const resumed = seen === null || this.#outbox.rewind(seen)
    const revision = this.host.ready?.manifest.revision ?? this.host.loaded.revision
    this.#direct({ type: 'welcome', tab: this.id, resumed, seq: this.#outbox.seq, revision })
    this.flush()
  }

  /** Its connection is gone; jobs go on. */
  disconnect(socket: WebSocket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    this.awaySince = performance.now()
    this.relieve()
  }

  run(id: unknown, task: unknown, inputs: unknown): void {
    if (typeof id !== 'string' || id === '' || id.length > MAX_JOB_ID_LENGTH) {
      this.refuse(null, `job: text of 1 to ${MAX_JOB_ID_LENGTH} characters`, show(id))
      return
    }
    if (this.#jobs.has(id)) {
      this.refuse(id, 'job: an id that is not in use', show(id))
      return
    }
    if (typeof task !== 'string') {
      this.refuse(id, 'task: the name of a task', show(task))
      return
    }
    if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
      this.refuse(id, 'inputs: an object with values by name', show(inputs))
      return
    }
    const { host } = this
    const engine = host.ready
    try {
      if (engine === null) throw host.problem ?? new SpaceError('server-closing', {})
      const job = host.admit(engine, id, task, inputs as Wires, this.session, this)
      this.#jobs.set(id, job)
      try {
        host.enqueue(job)
      } catch (error) {
        this.#jobs.delete(id)
        throw error
      }
    } catch (error) {
      this.#post({ type: 'failed', job: id, error: host.refusal(error) })
    }
  }

  cancel(id: unknown): void {
    if (typeof id !== 'string') {
      this.refuse(null, 'job: the id of a job', show(id))
      return
    }
    // One that has just ended: its end is on the way.
    this.#jobs.get(id)?.end({ type: 'cancelled' })
  }

  ack(seen: unknown): void {
    if (!Number.isSafeInteger(seen) || (seen as number) < 0 || (seen as number) > this.#outbox.seq) {
      this.refuse(null, 'seen: a number that was given out', show(seen))
      return
    }
    this.#outbox.trim(seen as number)
    this.relieve()
  }

  /** Answers a message that cannot be understood. */
  refuse(job: string | null, expected: string, got: string): void {
    this.#direct({ type: 'refused', job, error: new SpaceError('message-invalid', { expected, got }).toPublic() })
  }

  send(message: ServerMessage): void {
    this.#direct(message)
  }

  /** Sends what has no number, at once. */
  #direct(message: ServerMessage): void {
    const socket = this.#socket
    if (socket === null) return
    if (socket.bufferedAmount > MAX_BUFFER_BYTES) socket.terminate()
    else socket.send(JSON.stringify(message))
  }

  touched(job: Job): void {
    this.#touched.push(job)
    this.#mark()
  }

  patch(job: Job, outputs: Wires): void {
    if (job.told !== 'running') this.#tell(job)
    this.#post({ type: 'patch', job: job.id, outputs })
  }

  ended(job: Job, end: End): void {
    this.#jobs.delete(job.id)
    this.#letGo()
    const { id } = job
    if (end.type === 'done') {
      const { outputs, elapsedMs } = end
      this.#post({ type: 'done', job: id, outputs, elapsedMs })
    } else if (end.type === 'failed') this.#post({ type: 'failed', job: id, error: end.error })
    else this.#post({ type: 'cancelled', job: id })
  }

  pressure(): Promise<void> | null {
    if (this.#pressure) return this.#pressure.promise
    if (!this.#isFull) return null
    let release = () => {}
    const promise = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#pressure = { promise, release }
    return promise
  }

  /** Connected: the socket has enough to do. Away: another half of the outbox, and something would be lost. */
  get #isFull(): boolean {
    if (this.#socket === null) return this.#outbox.unsentChars > this.#limits.maxOutboxChars / 2
    return this.#socket.bufferedAmount > BUFFER_BYTES || this.#outbox.unsentChars > BUFFER_BYTES
  }

  /** Called when the connection has room again. */
  relieve(): void {
    if (this.#outbox.hasUnsent && this.#socket) this.#write(this.#socket)
    if (!this.#isFull) this.#letGo()
  }

  /** Lets the tasks that wait go on: at least to see whether they should still wait, or were ended meanwhile. */
  #letGo(): void {
    this.#pressure?.release()
    this.#pressure = null
  }

  #post(event: JobEvent): void {
    this.#outbox.push(JSON.stringify(event).slice(1))
    this.#mark()
  }

  #mark(): void {
    if (this.#isDirty) return
    this.#isDirty = true
    this.#flusher.add(this)
  }

  /** Says what is still worth saying of the jobs that moved, and sends. */
  flush(): void {
    this.#isDirty = false
    if (this.#touched.length) {
      const jobs = this.#touched
      this.#touched = []
      for (const job of jobs) if (!job.hasEnded) this.#tell(job)
    }
    const socket = this.#socket
    if (socket !== null) this.#write(socket)
    this.#isDirty = false
  }

  #write(socket: WebSocket): void {
    while (this.#outbox.hasUnsent && socket.bufferedAmount <= BUFFER_BYTES) socket.send(this.#outbox.take(FRAME_CHARS))
  }

  #tell(job: Job): void {
    const { queue } = this.host
    if (job.state === 'waiting') {
      const position = queue.position(job)
      if (position === job.toldPosition) return
      job.toldPosition = position
      this.#post({ type: 'queued', job: job.id, position, size: queue.waiting, etaMs: queue.estimate(position) })
      return
    }
    if (job.told === 'waiting') {
      job.told = 'running'
      this.#post({ type: 'running', job: job.id, etaMs: queue.estimate(0) })
    }
    if (job.progress) this.#tellProgress(job, job.progress)
  }

  #tellProgress(job: Job, { fraction, note }: { fraction: number; note: string }): void {
    const now = performance.now()
    const rest = job.progressAt + PROGRESS_MS - now
    if (rest <= 0) {
      job.progress = null
      job.progressAt = now
      this.#post({ type: 'progress', job: job.id, fraction, note })
      return
    }
    this.#later ??= setTimeout(() => {
      this.#later = null
      for (const waiting of this.#jobs.values()) if (waiting.progress) this.touched(waiting)
    }, rest)
  }

  get hasJobs(): boolean {
    return this.#jobs.size > 0
  }

  /** Ends it for good: nobody comes back for it. */
  close(): void {
    for (const job of [...this.#jobs.values()]) job.end({ type: 'cancelled' })
    if (this.#later) clearTimeout(this.#later)
    this.#letGo()
  }
}
