/** Gathers jobs of a `batched` space into calls of `run`: as many rows as fit, or as came while the first one waited. */

import type { Batch } from '#core/space.ts'
import { withinFolder } from '#vision/base-dir.ts'
import { type Job, JobContext } from './job.ts'
import { isThenable } from './maybe.ts'
import { type Values, wrongOutput } from './plan.ts'
import { begin, fail, finish, type Version } from './runner.ts'

interface Row {
  readonly job: Job
  readonly inputs: Values
}

export class Batcher {
  readonly #version: Version
  readonly #batch: Batch
  #rows: Row[] = []
  #dueAt = 0
  #calls = 0
  #timer: NodeJS.Timeout | null = null

  constructor(version: Version, batch: Batch) {
    this.#version = version
    this.#batch = batch
  }

  /** Decodes a job's inputs and lets it join the next call. */
  add(job: Job): void {
    const { plan, setup, filesOf } = this.#version
    try {
      const ready = setup.get(job)
      const inputs = plan.decode(job.wires, filesOf(job.session))
      if (isThenable(ready) || isThenable(inputs)) {
        Promise.all([inputs, ready]).then(
          ([inputs]) => this.#join(job, inputs),
          (error: unknown) => fail(this.#version, job, error),
        )
      } else this.#join(job, inputs)
    } catch (error) {
      fail(this.#version, job, error)
    }
  }

  #join(job: Job, inputs: Values): void {
    if (job.hasEnded) return
    if (this.#rows.length === 0) this.#dueAt = performance.now() + this.#batch.waitMs
    this.#rows.push({ job, inputs })
    this.#consider()
  }

  /** Calls `run` if a slot is free and the batch is full or has waited long enough. */
  #consider(): void {
    const { size } = this.#batch
    while (this.#rows.length && this.#calls < this.#version.space.concurrency) {
      const rest = this.#dueAt - performance.now()
      if (this.#rows.length < size && rest > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = null
          this.#dueAt = 0
          this.#consider()
        }, rest)
        return
      }
      const rows = this.#rows.splice(0, size).filter(({ job }) => !job.hasEnded)
      if (this.#rows.length) this.#dueAt = performance.now() + this.#batch.waitMs
      if (rows.length) void this.#call(rows)
    }
    if (this.#rows.length === 0 && this.#timer) {
      clearTimeout(this.#timer)
      this.#timer = null
    }
  }

  async #call(rows: readonly Row[]): Promise<void> {
    this.#calls++
    const { space, dir, setup } = this.#version
    const jobs = rows.map(({ job }) => job)
    try {
      const shared = await setup.get()
      for (const job of jobs) begin(this.#version, job)
      const inputs = rows.map(({ inputs }) => inputs)
      const call = Promise.resolve(
        withinFolder(dir, () => space.run(inputs, new JobContext(shared, together(jobs)))) as Promise<unknown>,
      )
      for (const job of jobs) job.call = call
      const answers = await untilAllEnd(jobs, call)
      if (answers !== null) this.#hand(jobs, answers)
    } catch (error) {
      this.#failAll(jobs, error)
    } finally {
      this.#calls--
      this.#consider()
    }
  }

  #hand(jobs: readonly Job[], answers: unknown): void {
    if (!Array.isArray(answers) || answers.length !== jobs.length)
      throw wrongOutput('outputs', `a list of ${jobs.length}, one row for each row of inputs`, answers)
    for (const [index, job] of jobs.entries()) finish(this.#version, job, answers[index])
  }

  /** One fault, one entry in the log, one reference for all of its rows. */
  #failAll(jobs: readonly Job[], error: unknown): void {
    const left = jobs.filter((job) => !job.hasEnded)
    if (left.length === 0) return
    const said = this.#version.blame(error)
    for (const job of left) job.end({ type: 'failed', error: said, cause: error })
  }
}

/** The jobs of one call as its context sees them: stopped when the last of them is. */
function together(jobs: readonly Job[]) {
  const controller = new AbortController()
  let watching = false
  return {
    get signal(): AbortSignal {
      if (!watching) {
        watching = true
        for (const { signal } of jobs) {
          const look = () => jobs.every((job) => job.signal.aborted) && controller.abort(signal.reason)
          if (signal.aborted) look()
          else signal.addEventListener('abort', look, { once: true })
        }
      }
      return controller.signal
    },
    report(fraction: number, note: string): void {
      for (const job of jobs) job.report(fraction, note)
    },
  }
}

/** The answer of a call, or null once every job in it was ended from outside: its slot is then free. */
function untilAllEnd(jobs: readonly Job[], call: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call.then(resolve, reject)
    for (const job of jobs) {
      const { release } = job
      job.release = (ended) => {
        release?.(ended)
        if (jobs.every(({ hasEnded }) => hasEnded)) resolve(null)
      }
    }
  })
}
