/** One space as it is served: the version that new runs get, those that old ones still end on, the queue, the pages. */

import { bytes } from '#core/error-catalogue.ts'
import { isSpaceError, type PublicError, SpaceError } from '#core/errors.ts'
import type { LoadedSpace } from '#core/loaded.ts'
import type { SpaceManifest, Wires } from '#core/manifest.ts'
import type { AnySpace } from '#core/space.ts'
import { type Fetching, withinFolder } from '#vision/base-dir.ts'
import { Engine } from './engine.ts'
import { toVisitor } from './fault.ts'
import type { FileStore } from './files.ts'
import { type Asker, Job } from './job.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log.ts'
import { createManifest, TASK } from './manifest.ts'
import { createPlan } from './plan.ts'
import { Queue } from './queue.ts'
import { start } from './runner.ts'
import type { Session } from './session.ts'
import { Setup } from './setup.ts'

export interface HostOptions {
  readonly files: FileStore
  readonly limits: Limits
  readonly log: Log
  /** `spaces dev`: visitors are authors, and see where in the file an error is. */
  readonly dev: boolean
}

export interface Page {
  send(message: { type: 'reload'; manifest: SpaceManifest } | { type: 'broken'; error: PublicError }): void
}

export class Host {
  loaded: LoadedSpace
  readonly slug: string
  readonly queue: Queue
  /** Pages that are open. */
  readonly pages = new Set<Page>()
  /** Why the newest edit is not what is served. */
  problem: SpaceError | null
  readonly #options: HostOptions
  readonly #jobs = new Set<Job>()
  #engine: Engine | null = null
  #starting: Promise<Engine> | null = null
  /** Edits are taken one after the other. */
  #swapping = Promise.resolve(true)
  #closing = false
  #onIdle: (() => void) | null = null
  /** Setups that are on their way out. */
  readonly #leaving = new Set<Promise<void>>()

  constructor(loaded: LoadedSpace, options: HostOptions) {
    this.loaded = loaded
    this.slug = loaded.slug
    this.problem = loaded.problem
    this.#options = options
    this.queue = new Queue(loaded.space?.concurrency ?? 1, options.limits.maxWaiting, (job) => this.#run(job))
  }

  /** Ready to run and to be shown. Throws what keeps it from that. */
  engine(): Engine | Promise<Engine> {
    if (this.#engine) return this.#engine
    this.#starting ??= this.#create(this.loaded, null)
      // An edit may have been faster.
      .then((engine) => this.#engine ?? this.#adopt(engine))
      .catch((error: unknown) => {
        this.#starting = null
        throw this.#blame(asSpaceError(error))
      })
    return this.#starting
  }

  /** Remembers why it does not load. The author is told once, however often somebody looks. */
  #blame(problem: SpaceError): SpaceError {
    if (problem !== this.loaded.problem && problem.message !== this.problem?.message) this.#tellAuthor(problem)
    this.problem = problem
    return problem
  }

  #tellAuthor(problem: SpaceError): void {
    this.#options.log.error(`${this.slug || 'space'}: does not load`, problem)
  }

  get ready(): Engine | null {
    return this.#engine
  }

  async manifest(): Promise<SpaceManifest> {
    return (await this.engine()).manifest
  }

  /** Loads what `setup` gives before anybody runs. A failure is logged; the next run tries again. */
  async warm(): Promise<void> {
    try {
      const engine = await this.engine()
      if (engine.isWarm) return
      engine.isWarm = true
      await engine.setup.get()
    } catch (error) {
      this.#options.log.error(`${this.slug || 'space'}: not ready`, error)
    }
  }

  async #create(loaded: LoadedSpace, previous: Engine | null): Promise<Engine> {
    const { space } = loaded
    if (space === null)
      throw loaded.problem ?? new SpaceError('space-broken', { file: loaded.slug, reason: 'no space' })
    const { files, limits } = this.#options
    const plan = await createPlan(space)
    const manifest = await createManifest(loaded, space, plan, files.ofAuthor(loaded.dir), limits.maxBytes)
    const kept = previous && previous.setup.key === loaded.setupKey ? previous.setup : null
    return new Engine(
      loaded,
      space,
      plan,
      kept ?? new Setup(loaded.setupKey, this.#setUp(space, loaded.dir)),
      manifest,
      this.#options,
    )
  }

  /** `setup` with paths relative to the space file; what it fetches is told to those who wait and to the author. */
  #setUp({ setup }: AnySpace, dir: string): ConstructorParameters<typeof Setup>[1] {
    if (setup === null) return null
    const { log } = this.#options
    return async (report) => {
      const told = ({ model, receivedBytes, totalBytes }: Fetching) => {
        const note = `Fetching ${model}, ${bytes(receivedBytes)} of ${bytes(totalBytes)}`
        report(receivedBytes / Math.max(1, totalBytes), note)
        log.progress?.(note)
      }
      try {
        return await withinFolder(dir, () => setup(), told)
      } finally {
        log.progress?.(null)
      }
    }
  }

  #adopt(engine: Engine): Engine {
    const old = this.#engine
    this.#engine = engine
    this.problem = null
    this.queue.slots = engine.slots
    if (old) this.#retire(old)
    this.queue.advance()
    return engine
  }

  #retire(engine: Engine): void {
    engine.retired = true
    engine.onIdle = () => {
      engine.onIdle = null
      const leaving = engine.setup
        .drop()
        .catch((error: unknown) => this.#options.log.error(`${this.slug}: dispose`, error))
      this.#leaving.add(leaving)
      void leaving.finally(() => this.#leaving.delete(leaving))
    }
    if (engine.jobs === 0) engine.onIdle()
  }

  /** Serves an edited space. Running jobs end on the old one; what `setup` gave is kept where its key is the same. @returns whether it is served */
  swap(loaded: LoadedSpace): Promise<boolean> {
    this.#swapping = this.#swapping.then(() => this.#swap(loaded))
    return this.#swapping
  }

  async #swap(loaded: LoadedSpace): Promise<boolean> {
    try {
      const engine = await this.#create(loaded, this.#engine)
      this.loaded = loaded
      this.#adopt(engine)
      this.#starting = null
      for (const page of this.pages) page.send({ type: 'reload', manifest: engine.manifest })
      return true
    } catch (error) {
      const problem = asSpaceError(error)
      if (problem !== loaded.problem) this.#tellAuthor(problem)
      this.fail(problem)
      return false
    }
  }

  /** Tells open pages that the newest edit does not load. The last good one goes on. */
  fail(problem: SpaceError): void {
    this.problem = problem
    if (this.#engine === null) this.loaded = { ...this.loaded, problem }
    for (const page of this.pages) page.send({ type: 'broken', error: this.publicProblem(problem) })
  }

  /**
   * The one way in for every run: checks, counts, queues.
   * @throws SpaceError of admission: `task-unknown`, `input-…`, `invalid-value`, `file-gone`, `queue-full`, `too-many`
   */
  admit(engine: Engine, id: string, task: string, inputs: Wires, session: Session, asker: Asker): Job {
    if (this.#closing) throw new SpaceError('server-closing', {})
    if (task !== TASK) throw new SpaceError('task-unknown', { task, known: [TASK] })
    const { limits, files } = this.#options
    if (session.jobs >= limits.maxJobsPerSession)
      throw new SpaceError('too-many', { what: 'runs', limit: limits.maxJobsPerSession })
    const { wires, files: refs } = engine.plan.check(inputs)
    const unpin = refs.length ? files.pin(session, refs) : null
    const job = new Job(id, session, asker, this, engine.plan, wires)
    job.unpin = unpin
    session.jobs++
    return job
  }

  /** Gives an admitted job its turn, now or later. Throws `queue-full`. */
  enqueue(job: Job): void {
    this.#jobs.add(job)
    try {
      this.queue.add(job)
    } catch (error) {
      this.#jobs.delete(job)
      job.session.jobs--
      job.unpin?.()
      throw error
    }
  }

  #run(job: Job): void {
    const engine = this.#engine
    if (engine === null) throw new Error('A job was queued before its space was ready.')
    engine.jobs++
    job.version = engine
    if (!this.#recheck(engine, job)) return
    if (engine.batcher) engine.batcher.add(job)
    else start(engine, job)
  }

  /** Told by every job. */
  ended(job: Job): void {
    this.#jobs.delete(job)
    if (this.#jobs.size === 0) this.#onIdle?.()
    const engine = job.version as Engine | null
    if (engine === null) return
    engine.jobs--
    if (engine.retired && engine.jobs === 0) engine.onIdle?.()
  }

  /** A job that waited through an edit is checked against the fields that it now meets. */
  #recheck(engine: Engine, job: Job): boolean {
    if (job.plan === engine.plan) return true
    try {
      job.wires = engine.plan.check(job.wires).wires
      job.plan = engine.plan
      return true
    } catch (error) {
      job.end({ type: 'failed', error: engine.blame(error), cause: error })
      return false
    }
  }

  /** Why a run was not let in, as its visitor reads it. */
  refusal(error: unknown): PublicError {
    if (error === this.problem && isSpaceError(error)) return this.publicProblem(error)
    return toVisitor(error, this.#options.log, `${this.slug || 'run'}: admission`)
  }

  /** A problem of the space itself, as pages show it. */
  publicProblem(problem: SpaceError): PublicError {
    const { frame } = problem.details as { frame?: string }
    return { ...problem.toPublic(), ...(this.#options.dev && frame ? { frame } : {}) }
  }

  /** Refuses new jobs, lets those under way end until `deadline` settles, and tells the rest. */
  async close(deadline: Promise<void>): Promise<void> {
    this.#closing = true
    const cause = new SpaceError('server-closing', {})
    const closing = { type: 'failed', error: cause.toPublic(), cause } as const
    for (const job of this.queue.order()) job.end(closing)
    if (this.#jobs.size) await Promise.race([new Promise<void>((resolve) => (this.#onIdle = resolve)), deadline])
    for (const job of this.#jobs) job.end(closing)
    const engine = this.#engine ?? (await this.#starting?.catch(() => null))
    if (engine && !engine.retired) this.#retire(engine)
    await Promise.all(this.#leaving)
  }
}

function asSpaceError(error: unknown): SpaceError {
  if (isSpaceError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new SpaceError('space-broken', { file: 'space', reason }, { cause: error })
}
