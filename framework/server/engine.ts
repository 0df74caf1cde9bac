/** One version of a space, ready to run and to be shown. An edit makes another; this one lives on until its last job has ended. */

import type { Files } from '#core/component.ts'
import type { PublicError } from '#core/errors.ts'
import type { LoadedSpace } from '#core/loaded.ts'
import type { SpaceManifest } from '#core/manifest.ts'
import type { AnySpace } from '#core/space.ts'
import { Batcher } from './batcher.ts'
import { toVisitor } from './fault.ts'
import type { HostOptions } from './host.ts'
import type { Plan } from './plan.ts'
import type { Version } from './runner.ts'
import type { Session } from './session.ts'
import type { Setup } from './setup.ts'

export class Engine implements Version {
  readonly space: AnySpace
  readonly dir: string
  readonly plan: Plan
  readonly setup: Setup
  readonly manifest: SpaceManifest
  readonly batcher: Batcher | null
  readonly #options: HostOptions
  readonly #filesOf = new WeakMap<Session, Files>()
  readonly #name: string
  /** Jobs that run on it. */
  jobs = 0
  retired = false
  /** Whether its setup was started before anybody asked. A failed one is tried again by runs alone. */
  isWarm = false
  onIdle: (() => void) | null = null

  constructor(
    loaded: LoadedSpace,
    space: AnySpace,
    plan: Plan,
    setup: Setup,
    manifest: SpaceManifest,
    options: HostOptions,
  ) {
    this.space = space
    this.dir = loaded.dir
    this.plan = plan
    this.setup = setup
    this.manifest = manifest
    this.#options = options
    this.#name = loaded.slug || 'run'
    this.batcher = space.batch ? new Batcher(this, space.batch) : null
    setup.hold()
  }

  /** How many jobs may have a slot: every row of every batch has one. */
  get slots(): number {
    return this.space.concurrency * (this.space.batch?.size ?? 1)
  }

  /** The same object for a session each time: codecs know by it what they have sent before. */
  filesOf = (session: Session): Files => {
    const known = this.#filesOf.get(session)
    if (known) return known
    const files = this.#options.files.of(session, this.dir)
    this.#filesOf.set(session, files)
    return files
  }

  blame(error: unknown): PublicError {
    return toVisitor(error, this.#options.log, `${this.#name}: ${this.space.title}`)
  }
}
