/** Runs a space the way the server does: the same checks, codecs, queue and batches, only without HTTP. */

import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { SpaceError } from '#core/errors.ts'
import type { Fields, Given, OutputsOf, Sample } from '#core/field.ts'
import type { Wires } from '#core/manifest.ts'
import type { Space } from '#core/space.ts'
import type { Expand } from '#core/types.ts'
import { FileStore } from '#server/files.ts'
import { Host } from '#server/host.ts'
import type { Asker, End } from '#server/job.ts'
import { LIMITS } from '#server/limits.ts'
import { TASK, toWire } from '#server/manifest.ts'
import type { PlannedField, Values } from '#server/plan.ts'
import { createSigner } from '#server/secrets.ts'
import type { Session } from '#server/session.ts'

/** Each input as an example would say it (media by path), as `run()` is given it, or as the bytes of a file. */
export type DrivenInputs<I extends Fields> = Expand<{
  -readonly [K in keyof I]?: Sample<I[K]> | Given<I[K]> | Uint8Array
}>

export interface OpenSpaceOptions {
  /** What paths are relative to: `import.meta.url` of the space or its test, or a folder. Default: the working directory. */
  from?: string | URL
}

export interface RunOptions {
  /** Cancels the run, as a visitor does. */
  signal?: AbortSignal
}

export interface Driven<I extends Fields, O extends Fields> extends AsyncDisposable {
  /**
   * Runs once and gives all outputs as `run()` answered them. An input that is left out holds its initial value.
   * Rejects with what `run()` threw; with SpaceError `input-missing`, `input-unknown`, `invalid-value`,
   * `output-invalid`, `run-timeout` as a visitor would be told; with an `AbortError` when it is cancelled.
   */
  run(inputs?: DrivenInputs<I>, options?: RunOptions): Promise<OutputsOf<O>>
  /** Every `yield` of the task, and at last what it returned. Leaving the loop early cancels the run. */
  stream(inputs?: DrivenInputs<I>, options?: RunOptions): AsyncIterable<Partial<OutputsOf<O>>>
  /** Runs one of the space's own examples. */
  example(index: number, options?: RunOptions): Promise<OutputsOf<O>>
}

/**
 * Opens a space for driving. `setup()` runs with the first run and is disposed at the end.
 * @throws SpaceError `invalid-declaration` where an example does not fit
 */
export async function openSpace<I extends Fields, O extends Fields>(
  space: Space<I, O>,
  { from }: OpenSpaceOptions = {},
): Promise<Driven<I, O>> {
  const dir = folderOf(from)
  const limits = { ...LIMITS, maxJobsPerSession: Number.POSITIVE_INFINITY }
  const files = new FileStore(createSigner(), limits)
  const session: Session = { id: 'test', scope: 'visitor', tabs: 0, jobs: 0, seenAt: 0 }
  const loaded = { slug: '', file: dir, dir, space, problem: null, setupKey: '', revision: '' }
  const host = new Host(loaded, { files, limits, log: SILENT, dev: true })
  const engine = await host.engine()

  const toWires = async (inputs: Values): Promise<Wires> => {
    const wires: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(inputs)) {
      const planned = engine.plan.inputs.find((input) => input.name === name)
      wires[name] = planned ? await wireOf(planned, value, files, session, dir) : value
    }
    return wires as Wires
  }

  /** @returns what settles with the run's end, and a way to stop it */
  const begin = async (inputs: Values, { signal }: RunOptions, hear: Pick<Asker, 'patch' | 'pressure'>) => {
    signal?.throwIfAborted()
    const wires = await toWires(inputs)
    let settle = (_end: End) => {}
    const ended = new Promise<End>((resolve) => {
      settle = resolve
    })
    const asker: Asker = {
      touched() {},
      patch: (job, outputs, values) => hear.patch(job, outputs, values),
      pressure: () => hear.pressure(),
      ended: (_job, end) => settle(end),
    }
    const job = host.admit(engine, 'test', TASK, wires, session, asker)
    const cancel = () => job.end({ type: 'cancelled' })
    signal?.addEventListener('abort', cancel, { once: true })
    host.enqueue(job)
    return { ended: ended.finally(() => signal?.removeEventListener('abort', cancel)), cancel }
  }

  const run = async (inputs: Values, options: RunOptions): Promise<OutputsOf<O>> => {
    const { ended } = await begin(inputs, options, { patch() {}, pressure: () => null })
    return outputsOf(await ended) as OutputsOf<O>
  }

  return {
    run: (inputs, options = {}) => run(inputs ?? {}, options),
    async *stream(inputs, options = {}) {
      const patches = new Patches()
      const { ended, cancel } = await begin(inputs ?? {}, options, patches)
      void ended.then(() => patches.finish())
      try {
        yield* patches.all() as AsyncIterable<Partial<OutputsOf<O>>>
        yield outputsOf(await ended) as OutputsOf<O>
      } finally {
        cancel()
      }
    },
    async example(index, options = {}) {
      const row = space.examples[index]
      if (row === undefined)
        throw new SpaceError('invalid-value', {
          path: 'example',
          expected: `an index below ${space.examples.length}`,
          got: String(index),
        })
      return run(row, options)
    },
    async [Symbol.asyncDispose]() {
      await host.close(Promise.resolve())
      await files.close()
    },
  }
}

const SILENT = { info() {}, warn() {}, error() {} }

function outputsOf(end: End): Values {
  if (end.type === 'done') return end.values
  if (end.type === 'failed') throw end.cause
  throw new DOMException('The run was cancelled.', 'AbortError')
}

async function wireOf(planned: PlannedField, value: unknown, files: FileStore, session: Session, dir: string) {
  const { accept, path, codec, field } = planned
  if (value === undefined || value === null) return value
  if (accept !== null && value instanceof Uint8Array)
    return files.receive(session, Readable.from([value]), { name: planned.name, accept, path })
  const own = files.of(session, dir)
  if (!isPlain(value) && codec?.encode) return codec.encode(value, field.options, own, path)
  return codec?.sample ? toWire(planned, value, own, path) : value
}

/** Whether a value is one that an example could say: text, numbers, lists and records of them. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isPlain)
  const prototype = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain)
}

/** Patches between the task and the loop that reads them: the task waits while one is unread. */
class Patches implements Pick<Asker, 'patch' | 'pressure'> {
  #unread: Values[] = []
  #isOver = false
  #wake = () => {}
  #taken = () => {}

  patch(_job: unknown, _outputs: unknown, values: Values): void {
    this.#unread.push(values)
    this.#wake()
  }

  pressure(): Promise<void> | null {
    if (this.#unread.length === 0) return null
    return new Promise((resolve) => {
      this.#taken = resolve
    })
  }

  finish(): void {
    this.#isOver = true
    this.#wake()
    this.#taken()
  }

  async *all(): AsyncIterable<Values> {
    for (;;) {
      const next = this.#unread.shift()
      if (next !== undefined) {
        yield next
        this.#taken()
      } else if (this.#isOver) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

function folderOf(from: string | URL | undefined): string {
  if (from === undefined) return process.cwd()
  const path = from instanceof URL || from.startsWith('file:') ? fileURLToPath(from) : resolve(from)
  return statSync(path).isDirectory() ? path : dirname(path)
}
