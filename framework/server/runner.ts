/**
 * Calls a space's `run` for a job and follows it to its end. A task that answers at once is answered at once: nothing
 * here waits for what is already there. A job that was ended from outside is ended for whoever asked, whether or not
 * the task listens to its signal; what the task still does is then nobody's business.
 */

import type { Files } from '#core/component.ts'
import { type PublicError, SpaceError } from '#core/errors.ts'
import type { Wires } from '#core/manifest.ts'
import type { AnySpace } from '#core/space.ts'
import type { Awaitable } from '#core/types.ts'
import { withinFolder } from '#vision/base-dir.ts'
import { type Job, JobContext } from './job.ts'
import { isThenable } from './maybe.ts'
import type { Plan, Values } from './plan.ts'
import type { Session } from './session.ts'
import type { Setup } from './setup.ts'

/** What the runs of one version of a space have in common. */
export interface Version {
  readonly space: AnySpace
  readonly dir: string
  readonly plan: Plan
  readonly setup: Setup
  filesOf(session: Session): Files
  /** Logs what has to be, and gives the visitor's words. */
  blame(error: unknown): PublicError
}

export function isStream(answer: unknown): answer is AsyncGenerator<unknown, unknown, void> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}

export function fail(version: Version, job: Job, error: unknown): void {
  if (!job.hasEnded) job.end({ type: 'failed', error: version.blame(error), cause: error })
}

/** Runs a job that has been given a slot. */
export function start(version: Version, job: Job): void {
  const { plan, setup } = version
  try {
    const shared = setup.get(job)
    const inputs = plan.decode(job.wires, version.filesOf(job.session))
    if (isThenable(shared) || isThenable(inputs)) {
      Promise.all([shared, inputs]).then(
        ([shared, inputs]) => call(version, job, inputs, shared),
        (error: unknown) => fail(version, job, error),
      )
    } else {
      call(version, job, inputs, shared)
    }
  } catch (error) {
    fail(version, job, error)
  }
}

/** The clock of a run starts when `run` is called: neither waiting nor `setup` counts. */
export function begin(version: Version, job: Job): void {
  job.startedAt = performance.now()
  const seconds = version.space.timeoutSeconds
  if (seconds === null) return
  job.timer = setTimeout(() => fail(version, job, new SpaceError('run-timeout', { seconds })), seconds * 1000)
}

function call(version: Version, job: Job, inputs: Values, shared: unknown): void {
  if (job.hasEnded) return
  const { space, dir } = version
  begin(version, job)
  try {
    const answer: unknown = withinFolder(dir, () => space.run(inputs, new JobContext(shared, job)))
    if (isStream(answer)) {
      job.call = withinFolder(dir, () => follow(version, job, answer))
    } else if (isThenable(answer as Awaitable<unknown>)) {
      job.call = answer as Promise<unknown>
      job.call.then(
        (outputs) => finish(version, job, outputs),
        (error: unknown) => fail(version, job, error),
      )
    } else {
      finish(version, job, answer)
    }
  } catch (error) {
    fail(version, job, error)
  }
}

/** How long a generator may go on without the event loop having its turn. */
const DEAF_MS = 10

/** Reads a generator as fast as whoever asked takes its patches. */
async function follow(version: Version, job: Job, stream: AsyncGenerator<unknown, unknown, void>): Promise<void> {
  let heardAt = performance.now()
  try {
    while (!job.hasEnded) {
      const { done, value } = await stream.next()
      if (job.hasEnded) break
      if (done) {
        finish(version, job, value)
        return
      }
      const outputs = await encode(version, job, value, false)
      if (job.hasEnded) break
      job.asker.patch(job, outputs, value as Values)
      const pressure = job.asker.pressure()
      if (pressure) await pressure
      // A task that never waits for anything would keep everybody else from being heard, its own visitor included.
      if (performance.now() - heardAt > DEAF_MS) {
        await new Promise((resolve) => setImmediate(resolve))
        heardAt = performance.now()
      }
    }
    // Nobody reads on: `finally` blocks of the task run now.
    await stream.return(undefined)
  } catch (error) {
    fail(version, job, error)
    // Where a patch did not fit, the task is in the middle of its work: its `finally` blocks run now.
    await stream.return(undefined).catch((later: unknown) => fail(version, job, later))
  }
}

function encode(version: Version, job: Job, values: unknown, whole: boolean): Awaitable<Wires> {
  return version.plan.encode(values, version.filesOf(job.session), whole)
}

/** Checks the outputs of a run and ends its job with them. */
export function finish(version: Version, job: Job, values: unknown): void {
  if (job.hasEnded) return
  const done = (outputs: Wires) => {
    const elapsedMs = performance.now() - job.startedAt
    job.end({ type: 'done', outputs, values: values as Values, elapsedMs: Math.round(elapsedMs * 100) / 100 })
  }
  try {
    const outputs = encode(version, job, values, true)
    if (isThenable(outputs)) outputs.then(done, (error: unknown) => fail(version, job, error))
    else done(outputs)
  } catch (error) {
    fail(version, job, error)
  }
}
