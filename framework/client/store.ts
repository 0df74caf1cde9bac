/** Everything the page holds: what the fields say, where the run stands, whether the server is there. Knows no DOM. */

import { batch, type Signal, signal } from '@preact/signals'
import type { PublicError } from '#core/errors.ts'
import type { FieldManifest, SpaceManifest, Wires } from '#core/manifest.ts'
import type { JobEvent } from '#core/protocol.ts'
import type { FileRef } from '#core/schema.ts'
import type { ConnectionState } from '#sdk/connection.ts'
import type { Job, Jobs } from '#sdk/jobs.ts'
import { createHeldFiles } from './held-files.ts'
import { isBusy, type RunState } from './run-state.ts'

export type Upload = (
  file: Blob,
  about: { field: string; name: string; onProgress?: (fraction: number) => void; signal?: AbortSignal },
) => Promise<FileRef>

/** One input or output of the page. */
export interface Cell {
  readonly value: Signal<unknown>
  /** Why the value is refused, in words for the frame. */
  readonly problem: Signal<string | null>
  /** An output of this run, not of the one before. */
  readonly fresh: Signal<boolean>
}

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
  upload(name: string, file: File | Blob, options?: UploadOptions): Promise<FileRef>
  /**
   * Takes another version of the space: values stay where the field is still there with the same kind.
   * @param edited - the author has just saved it: a live space shows at once what it does now.
   */
  reload(manifest: SpaceManifest, edited: boolean): void
  /** Gives the store its way to the server. Server-rendered pages have none. */
  attach(jobs: Jobs, upload: Upload): void
}

export interface UploadOptions {
  name?: string
  onProgress?: (fraction: number) => void
  signal?: AbortSignal
}

/** How long the inputs of a live space must rest before a run under way is given up for a newer one. */
const REST_MS = 150

export const isEmpty = (value: unknown) => value === null || value === undefined

export function createStore(first: SpaceManifest): Store {
  const manifest = signal(first)
  const run = signal<RunState>({ at: 'idle' })
  const connection = signal<ConnectionState>('connecting')
  const broken = signal<PublicError | null>(null)
  const example = signal<number | null>(null)
  let inputs = cellsOf(first.inputs)
  let outputs = cellsOf(first.outputs)
  let jobs: Jobs | null = null
  let send: Upload | null = null
  let job: Job | null = null
  let rest: ReturnType<typeof setTimeout> | undefined
  /** Files on their way to the server, with the field that each is for. */
  const uploads = new Map<Promise<FileRef>, string>()
  const held = createHeldFiles()
  let renewed = false

  const cell = (cells: Map<string, Cell>, name: string): Cell => {
    const found = cells.get(name)
    if (!found) throw new Error(`The page has no field “${name}”.`)
    return found
  }

  const missing = () =>
    manifest.value.inputs.filter((field) => !field.optional && isEmpty(inputs.get(field.name)?.value.value))

  const wires = () =>
    Object.fromEntries(manifest.value.inputs.map(({ name }) => [name, cell(inputs, name).value.value ?? null])) as Wires

  const fill = (values: Wires) => {
    for (const [name, value] of Object.entries(values)) {
      const target = inputs.get(name)
      if (!target) continue
      target.value.value = value
      target.problem.value = null
    }
  }

  const show = (values: Wires) => {
    for (const [name, value] of Object.entries(values)) {
      const target = outputs.get(name)
      if (!target) continue
      target.value.value = value
      target.fresh.value = true
    }
  }

  const follow = (event: JobEvent) =>
    batch(() => {
      switch (event.type) {
        case 'queued':
          run.value = { at: 'queued', position: event.position, etaMs: event.etaMs }
          break
        case 'running':
          run.value = { at: 'running', since: performance.now(), fraction: null, note: '', etaMs: event.etaMs }
          break
        case 'progress':
          if (run.value.at === 'running') run.value = { ...run.value, fraction: event.fraction, note: event.note }
          break
        case 'patch':
          show(event.outputs)
          break
        case 'done':
          job = null
          renewed = false
          show(event.outputs)
          run.value = { at: 'done', elapsedMs: event.elapsedMs }
          break
        case 'failed':
          job = null
          if (event.error.code === 'file-gone' && !renewed) void renew(event.error)
          else fail(event.error)
          break
        case 'cancelled':
          job = null
          run.value = { at: 'cancelled' }
      }
    })

  /** Puts the server's refusal of one input at that input, beside the card that says it in full. */
  const blame = ({ message }: PublicError) => {
    const [, name = '', reason = ''] = /^inputs\.(\w+)\S*: (.*)$/s.exec(message) ?? []
    const field = inputs.get(name)
    if (field) field.problem.value = sentence(reason)
  }

  const fail = (error: PublicError) => {
    run.value = { at: 'failed', error }
    blame(error)
  }

  /** The server was restarted and has lost this page's files: sends them again, once, and runs again. */
  const renew = async (error: PublicError) => {
    renewed = true
    run.value = { at: 'uploading' }
    const cells = [...inputs.values()]
    const before = cells.map(({ value }) => value.value)
    const after = await Promise.all(before.map(held.renew)).catch(() => before)
    if (run.value.at !== 'uploading') return
    batch(() => {
      for (const [index, { value }] of cells.entries()) if (value.value === before[index]) value.value = after[index]
      if (JSON.stringify(after) === JSON.stringify(before)) fail(error)
      else launch()
    })
  }

  const stop = () => {
    clearTimeout(rest)
    job?.cancel()
    job?.forget()
    job = null
  }

  const launch = () => {
    stop()
    if (!jobs) return
    for (const { fresh } of outputs.values()) fresh.value = false
    // Until the server answers it counts as running: a first “queued” takes it back before anybody sees it.
    run.value = { at: 'running', since: performance.now(), fraction: null, note: '', etaMs: null }
    job = jobs.start(manifest.value.task.name, wires(), follow)
  }

  /** Runs as soon as no file is on its way any more. */
  const launchWhenUploaded = async () => {
    stop()
    run.value = { at: 'uploading' }
    while (uploads.size) await Promise.allSettled(uploads.keys())
    if (run.value.at !== 'uploading') return
    if (missing().length) run.value = { at: 'idle' }
    else batch(launch)
  }

  const begin = () => {
    if (uploads.size) void launchWhenUploaded()
    else launch()
  }

  /** A live space runs at once when it is free; while it is busy it waits for the inputs to rest. */
  const touch = () => {
    clearTimeout(rest)
    if (!manifest.value.task.live || !jobs || missing().length) return
    if ([...inputs.values()].some(({ problem }) => problem.value)) return
    if (isBusy(run.value)) rest = setTimeout(begin, REST_MS)
    else begin()
  }

  return {
    manifest,
    run,
    connection,
    broken,
    example,
    input: (name) => cell(inputs, name),
    output: (name) => cell(outputs, name),

    set: (name, value) =>
      batch(() => {
        const target = cell(inputs, name)
        if (Object.is(target.value.value, value)) return
        target.value.value = value
        target.problem.value = null
        example.value = null
        touch()
      }),

    choose: (index) =>
      batch(() => {
        const { examples, inputs: fields } = manifest.value
        const row = examples[index]
        if (!row) return
        // What another example has set does not stay for this one; what the visitor has set beside them does.
        const named = fields.filter(({ name }) => examples.some(({ inputs }) => name in inputs))
        fill({
          ...Object.fromEntries(named.map(({ name, initial }) => [name, initial as Wires[string]])),
          ...row.inputs,
        })
        example.value = index
        touch()
      }),

    start: () =>
      batch(() => {
        const arriving = new Set(uploads.values())
        for (const { name, label } of missing()) {
          if (!arriving.has(name)) cell(inputs, name).problem.value ??= `Give a value for “${label}” first.`
        }
        const wrong = manifest.value.inputs.find(({ name }) => cell(inputs, name).problem.value)
        if (!wrong) begin()
        return wrong?.name ?? null
      }),

    cancel() {
      if (run.value.at === 'uploading') run.value = { at: 'idle' }
      job?.cancel()
    },

    clear: () =>
      batch(() => {
        stop()
        for (const field of manifest.value.inputs) {
          const target = cell(inputs, field.name)
          target.value.value = field.initial
          target.problem.value = null
        }
        for (const target of outputs.values()) target.value.value = null
        example.value = null
        run.value = { at: 'idle' }
      }),

    upload(name, file, options = {}) {
      if (!send) return Promise.reject(new Error('This page is not connected yet.'))
      const transfer = send
      const title = options.name ?? (file instanceof File ? file.name : 'file')
      const sending = transfer(file, { ...options, field: name, name: title })
      uploads.set(sending, name)
      const again = () => transfer(file, { field: name, name: title })
      const finished = () => uploads.delete(sending)
      sending.then((ref) => held.keep(ref, again)).then(finished, finished)
      return sending
    },

    reload: (next, edited) =>
      batch(() => {
        const [oldInputs, oldOutputs, before] = [inputs, outputs, manifest.value]
        inputs = carryOver(before.inputs, next.inputs, oldInputs)
        outputs = carryOver(before.outputs, next.outputs, oldOutputs)
        broken.value = null
        manifest.value = next
        // The files of an example have other references when the server was restarted.
        const row = example.value === null ? undefined : next.examples[example.value]
        if (row) fill(row.inputs)
        else example.value = null
        if (edited) touch()
      }),

    attach(nextJobs, nextUpload) {
      jobs = nextJobs
      send = nextUpload
      touch()
    },
  }
}

const createCell = (value: unknown): Cell => ({
  value: signal(value),
  problem: signal(null),
  fresh: signal(false),
})

function cellsOf(fields: readonly FieldManifest[]): Map<string, Cell> {
  return new Map(fields.map((field) => [field.name, createCell(field.initial)]))
}

function carryOver(
  before: readonly FieldManifest[],
  after: readonly FieldManifest[],
  cells: Map<string, Cell>,
): Map<string, Cell> {
  return new Map(
    after.map((field) => {
      const same = before.find(({ name, kind }) => name === field.name && kind === field.kind)
      const kept = same && cells.get(field.name)
      return [field.name, kept ?? createCell(field.initial)]
    }),
  )
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
