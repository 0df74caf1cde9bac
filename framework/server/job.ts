/** One run that somebody asked for: its state, its signal, and whom to tell. */

import type { PublicError } from '#core/errors.ts'
import type { Wires } from '#core/manifest.ts'
import { createProgress, type Progress } from '#core/progress.ts'
import type { Context } from '#core/space.ts'
import type { Plan, Values } from './plan.ts'
import type { Version } from './runner.ts'
import type { Session } from './session.ts'

/** Who asked, and is told: a page, a call of the API, a test. */
export interface Asker {
  /** The job waits or runs now, or has got further: worth telling when this turn of the event loop is over. */
  touched(job: Job): void
  patch(job: Job, outputs: Wires, values: Values): void
  ended(job: Job, end: End): void
  /** A promise while whoever asked cannot take more, null when it can. */
  pressure(): Promise<void> | null
}

/** Keeps count of the jobs under way. */
interface Owner {
  ended(job: Job): void
}

export type End =
  | { readonly type: 'done'; readonly outputs: Wires; readonly values: Values; readonly elapsedMs: number }
  /** `cause` is what was thrown; only those who run in this process may see it. */
  | { readonly type: 'failed'; readonly error: PublicError; readonly cause: unknown }
  | { readonly type: 'cancelled' }

export type JobState = 'waiting' | 'running' | 'ended'

export class Job {
  state: JobState = 'waiting'
  /** What its asker was last told. */
  told: JobState = 'waiting'
  toldPosition = 0
  succeeded = false
  /** Its place in the queue, 1 is next; kept by the queue. */
  position = 0
  startedAt = 0
  progress: { fraction: number; note: string } | null = null
  progressAt = 0
  /** Lets go of the files that it names. */
  unpin: (() => void) | null = null
  timer: NodeJS.Timeout | null = null
  /** Gives its slot or its place in the queue back. */
  release: ((job: Job) => void) | null = null
  /** What `run` gave, where that is a promise: it may outlive the job. */
  call: PromiseLike<unknown> | null = null
  /** What it runs on, once it has a slot. */
  version: Version | null = null
  #controller: AbortController | null = null

  readonly id: string
  readonly session: Session
  readonly asker: Asker
  readonly #owner: Owner
  plan: Plan
  wires: Wires

  constructor(id: string, session: Session, asker: Asker, owner: Owner, plan: Plan, wires: Wires) {
    this.id = id
    this.session = session
    this.asker = asker
    this.#owner = owner
    this.plan = plan
    this.wires = wires
  }

  /** Made when the task asks for it: most never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.state === 'ended' && !this.#controller.signal.aborted) this.#controller.abort()
    return this.#controller.signal
  }

  get hasEnded(): boolean {
    return this.state === 'ended'
  }

  report(fraction: number, note: string): void {
    if (this.state !== 'running') return
    this.progress = { fraction, note }
    this.asker.touched(this)
  }

  /** Ends it, once; every later end is ignored. */
  end(end: End): void {
    if (this.state === 'ended') return
    this.state = 'ended'
    this.succeeded = end.type === 'done'
    if (this.timer) clearTimeout(this.timer)
    if (end.type !== 'done') {
      this.#controller?.abort(new DOMException('The run was stopped.', 'AbortError'))
      if (this.call) this.version?.setup.linger(this.call)
    }
    this.unpin?.()
    this.session.jobs--
    this.asker.ended(this, end)
    this.release?.(this)
    this.#owner.ended(this)
  }
}

/** A call of `run` as its context sees it: of one job, or of a batch. */
export interface Run {
  readonly signal: AbortSignal
  report(fraction: number, note: string): void
}

/** What `run` is given beside its inputs. `progress` and `signal` are made when they are asked for. */
export class JobContext implements Context<unknown> {
  readonly shared: unknown
  readonly #run: Run
  #progress: Progress | null = null

  constructor(shared: unknown, run: Run) {
    this.shared = shared
    this.#run = run
  }

  get signal(): AbortSignal {
    return this.#run.signal
  }

  get progress(): Progress {
    this.#progress ??= createProgress((fraction, note) => this.#run.report(fraction, note))
    return this.#progress
  }
}
