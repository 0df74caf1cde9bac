/** Everything the page holds: what the fields say, where the run stands, whether the server is there. Knows no DOM. */

import { batch, type Signal, signal } from '@preact/signals'
import type { PublicError } from '#core/errors.ts'
import type { SpaceManifest } from '#core/manifest.ts'
import type { FileRef } from '#core/schema.ts'
import type { ConnectionState } from '#sdk/connection.ts'
import type { Jobs } from '#sdk/jobs.ts'
import { type Cell, Form } from './form.ts'
import { isBusy, type RunState } from './run-state.ts'
import { Runner, type Upload, type UploadOptions } from './runner.ts'

export interface Store {
  readonly manifest: Signal<SpaceManifest>
  readonly run: Signal<RunState>
  readonly connection: Signal<ConnectionState>
  /** `spaces dev`: why the last edit does not load. */
  readonly broken: Signal<PublicError | null>
  /** The example that fills the inputs, while nobody has changed them. */
  readonly example: Signal<number | null>
  input(name: string): Cell
  output(name: string): Cell
  set(name: string, value: unknown): void
  choose(example: number): void
  /** Checks the inputs and runs. Answers with the first field that has a problem, or null. */
  start(): string | null
  cancel(): void
  clear(): void
  upload(name: string, file: Blob, options?: UploadOptions): Promise<FileRef>
  /**
   * Takes another version of the space: values stay where the field is still there with the same kind.
   * @param edited - the author has just saved it: a live space shows at once what it does now.
   */
  reload(manifest: SpaceManifest, edited: boolean): void
  /** Gives the store its way to the server. Server-rendered pages have none. */
  attach(jobs: Jobs, upload: Upload): void
}

/** How long the inputs of a live space must rest before a run under way is given up for a newer one. */
const REST_MS = 150

export function createStore(first: SpaceManifest): Store {
  const form = new Form(first)
  const runner = new Runner(form)
  const example = signal<number | null>(null)
  const broken = signal<PublicError | null>(null)
  let rest: ReturnType<typeof setTimeout> | undefined

  const begin = () => {
    clearTimeout(rest)
    runner.start()
  }

  /** A live space runs at once when it is free; while it is busy it waits for the inputs to rest. */
  const touch = () => {
    clearTimeout(rest)
    if (!form.manifest.value.task.live || !runner.isAttached || form.missing().length || form.wrong()) return
    if (isBusy(runner.state.value)) rest = setTimeout(begin, REST_MS)
    else begin()
  }

  const change = (act: () => void) =>
    batch(() => {
      act()
      touch()
    })

  return {
    manifest: form.manifest,
    run: runner.state,
    connection: signal<ConnectionState>('connecting'),
    broken,
    example,
    input: (name) => form.input(name),
    output: (name) => form.output(name),
    cancel: () => runner.cancel(),
    upload: (name, file, options) => runner.upload(name, file, options),

    set(name, value) {
      if (Object.is(form.input(name).value.value, value)) return
      change(() => {
        form.fill({ [name]: value })
        example.value = null
      })
    },

    choose: (index) =>
      change(() => {
        form.fillExample(index)
        example.value = index
      }),

    start: () =>
      batch(() => {
        const { arriving } = runner
        for (const { name, label } of form.missing()) {
          if (!arriving.has(name)) form.input(name).problem.value ??= `Give a value for “${label}” first.`
        }
        const wrong = form.wrong()
        if (!wrong) begin()
        return wrong?.name ?? null
      }),

    clear: () =>
      batch(() => {
        clearTimeout(rest)
        runner.reset()
        form.clear()
        example.value = null
      }),

    reload: (next, edited) =>
      batch(() => {
        form.replace(next)
        broken.value = null
        // The files of an example have other references when the server was restarted.
        const row = next.examples[example.value ?? -1]
        if (row) form.fill(row.inputs)
        else example.value = null
        if (edited) touch()
      }),

    attach(jobs, upload) {
      runner.attach(jobs, upload)
      touch()
    },
  }
}
