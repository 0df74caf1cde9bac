/**
 * Who runs next. Each visitor has a lane; lanes take turns, so that one visitor with fifty jobs does not stand before
 * another with one. The queue is bounded, knows everybody's place, and estimates the wait from what runs took so far.
 */

import { SpaceError } from '#core/errors.ts'
import type { Job } from './job.ts'

/** Weight of the newest run in the average. */
const SMOOTHING = 0.2
/** How often those who wait are told that they moved up. */
const ANNOUNCE_MS = 200

export class Queue {
  /** Jobs that may run at once. */
  slots: number
  running = 0
  waiting = 0
  /** How long a run takes on average, or null before the first has ended. */
  averageMs: number | null = null
  readonly #maxWaiting: number
  readonly #start: (job: Job) => void
  /** In the order in which they are served; a lane that was served goes to the end. */
  readonly #lanes = new Map<string, Job[]>()
  readonly #release: (job: Job) => void
  #stale = false
  #advancing = false
  #announcing: NodeJS.Timeout | null = null

  constructor(slots: number, maxWaiting: number, start: (job: Job) => void) {
    this.slots = slots
    this.#maxWaiting = maxWaiting
    this.#start = start
    this.#release = (job) => this.#freed(job)
  }

  /** @throws SpaceError `queue-full` */
  add(job: Job): void {
    if (this.waiting === 0 && this.running < this.slots) {
      this.#run(job)
      return
    }
    if (this.waiting >= this.#maxWaiting) throw new SpaceError('queue-full', { limit: this.#maxWaiting })
    const lane = this.#lanes.get(job.session.id)
    if (lane) lane.push(job)
    else this.#lanes.set(job.session.id, [job])
    this.waiting++
    this.#stale = true
    job.release = () => this.#left(job)
    job.asker.touched(job)
  }

  #run(job: Job): void {
    this.running++
    job.state = 'running'
    job.startedAt = performance.now()
    job.release = this.#release
    this.#start(job)
    if (!job.hasEnded) job.asker.touched(job)
  }

  #freed(job: Job): void {
    this.running--
    if (job.succeeded) this.#measure(performance.now() - job.startedAt)
    this.advance()
  }

  /** A job that ended before its turn came. */
  #left(job: Job): void {
    const lane = this.#lanes.get(job.session.id)
    const at = lane?.indexOf(job) ?? -1
    if (!lane || at < 0) return
    lane.splice(at, 1)
    if (lane.length === 0) this.#lanes.delete(job.session.id)
    this.waiting--
    this.#moved()
  }

  /** Fills free slots. */
  advance(): void {
    // A job that ends at once frees its slot while this loop is still going round.
    if (this.waiting === 0 || this.#advancing) return
    this.#advancing = true
    try {
      while (this.running < this.slots) {
        const next = this.#next()
        if (next === null) break
        this.#run(next)
      }
    } finally {
      this.#advancing = false
    }
    this.#moved()
  }

  #next(): Job | null {
    for (const [id, lane] of this.#lanes) {
      const job = lane.shift()
      this.#lanes.delete(id)
      if (lane.length) this.#lanes.set(id, lane)
      if (job === undefined) continue
      this.waiting--
      return job
    }
    return null
  }

  #moved(): void {
    this.#stale = true
    if (this.waiting === 0 || this.#announcing) return
    this.#announcing = setTimeout(() => {
      this.#announcing = null
      for (const lane of this.#lanes.values()) for (const job of lane) job.asker.touched(job)
    }, ANNOUNCE_MS)
    this.#announcing.unref()
  }

  /** Everybody who waits, in the order in which their turn will come if nobody joins. */
  order(): Job[] {
    const order: Job[] = []
    const lanes = [...this.#lanes.values()]
    for (let turn = 0; order.length < this.waiting; turn++) {
      for (const lane of lanes) {
        const job = lane[turn]
        if (job) order.push(job)
      }
    }
    return order
  }

  /** The place of a waiting job: 1 is next. */
  position(job: Job): number {
    if (this.#stale) {
      this.#stale = false
      for (const [index, waiting] of this.order().entries()) waiting.position = index + 1
    }
    return job.position
  }

  /** Until a job at this place has its answer, in milliseconds; null until something was measured. */
  estimate(position: number): number | null {
    if (this.averageMs === null) return null
    return Math.round(this.averageMs * (Math.ceil(position / this.slots) + (position > 0 ? 0 : 1)))
  }

  #measure(elapsedMs: number): void {
    this.averageMs = this.averageMs === null ? elapsedMs : this.averageMs + SMOOTHING * (elapsedMs - this.averageMs)
  }
}
