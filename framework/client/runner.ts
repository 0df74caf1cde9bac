/** The one run that the page shows: started, followed, cancelled; and the files that it waits for. */

import { batch, signal } from '@preact/signals'
import type { PublicError } from '#core/errors.ts'
import type { JobEvent } from '#core/protocol.ts'
import type { FileRef } from '#core/schema.ts'
import type { Job, Jobs } from '#sdk/jobs.ts'
import type { Form } from './form.ts'
import { createHeldFiles } from './held-files.ts'
import type { RunState } from './run-state.ts'

export interface UploadOptions {
  readonly name?: string
  readonly onProgress?: (fraction: number) => void
  readonly signal?: AbortSignal
}

/** Sends a file to the server. Rejects with a `PublicError`. */
export type Upload = (file: Blob, about: UploadOptions & { field: string; name: string }) => Promise<FileRef>

export class Runner {
  readonly state = signal<RunState>({ at: 'idle' })
  readonly #form: Form
  readonly #held = createHeldFiles()
  /** Files on their way to the server, with the field that each is for. */
  readonly #uploads = new Map<Promise<FileRef>, string>()
  #server: { jobs: Jobs; send: Upload } | null = null
  #job: Job | null = null
  /** Lost files of this run were already sent again. */
  #renewed = false

  constructor(form: Form) {
    this.#form = form
  }

  /** Gives it its way to the server. A page that is drawn on the server has none. */
  attach(jobs: Jobs, send: Upload): void {
    this.#server = { jobs, send }
  }

  get isAttached(): boolean {
    return this.#server !== null
  }

  /** The inputs that a file is on its way for. */
  get arriving(): ReadonlySet<string> {
    return new Set(this.#uploads.values())
  }

  /** Runs with the inputs as they are, as soon as the files among them have arrived. An older run is given up. */
  start(): void {
    if (this.#uploads.size) void this.#startWhenUploaded()
    else this.#start()
  }

  cancel(): void {
    if (this.state.value.at === 'uploading') this.state.value = { at: 'idle' }
    this.#job?.cancel()
  }

  /** Stops the run under way and forgets how the last one ended. */
  reset(): void {
    this.#giveUp()
    this.state.value = { at: 'idle' }
  }

  upload(field: string, file: Blob, options: UploadOptions = {}): Promise<FileRef> {
    if (!this.#server) return Promise.reject(new Error('This page is not connected yet.'))
    const { send } = this.#server
    const name = options.name ?? (file instanceof File ? file.name : 'file')
    const sending = send(file, { ...options, field, name })
    this.#uploads.set(sending, field)
    const finished = () => this.#uploads.delete(sending)
    sending.then((ref) => this.#held.keep(ref, () => send(file, { field, name }))).then(finished, finished)
    return sending
  }

  #giveUp(): void {
    this.#job?.cancel()
    this.#job?.forget()
    this.#job = null
  }

  #start(): void {
    this.#giveUp()
    if (!this.#server) return
    this.#form.age()
    // Until the server answers it counts as running: a first “queued” takes it back before anybody sees it.
    this.state.value = { at: 'running', since: performance.now(), fraction: null, note: '', etaMs: null }
    const { name } = this.#form.manifest.value.task
    this.#job = this.#server.jobs.start(name, this.#form.wires(), (event) => batch(() => this.#follow(event)))
  }

  async #startWhenUploaded(): Promise<void> {
    this.#giveUp()
    this.state.value = { at: 'uploading' }
    while (this.#uploads.size) await Promise.allSettled(this.#uploads.keys())
    if (this.state.value.at !== 'uploading') return
    if (this.#form.missing().length) this.state.value = { at: 'idle' }
    else batch(() => this.#start())
  }

  #follow(event: JobEvent): void {
    const { state } = this
    if (event.type === 'queued') {
      state.value = { at: 'queued', position: event.position, etaMs: event.etaMs }
    } else if (event.type === 'running') {
      state.value = { at: 'running', since: performance.now(), fraction: null, note: '', etaMs: event.etaMs }
    } else if (event.type === 'progress') {
      if (state.value.at === 'running') state.value = { ...state.value, fraction: event.fraction, note: event.note }
    } else if (event.type === 'patch') {
      this.#form.show(event.outputs)
    } else {
      this.#job = null
      this.#end(event)
    }
  }

  #end(event: Extract<JobEvent, { type: 'done' | 'failed' | 'cancelled' }>): void {
    if (event.type === 'done') {
      this.#renewed = false
      this.#form.show(event.outputs)
      this.state.value = { at: 'done', elapsedMs: event.elapsedMs }
    } else if (event.type === 'cancelled') {
      this.state.value = { at: 'cancelled' }
    } else if (event.error.code === 'file-gone' && !this.#renewed) {
      void this.#renew(event.error)
    } else {
      this.#fail(event.error)
    }
  }

  #fail(error: PublicError): void {
    this.#renewed = false
    this.state.value = { at: 'failed', error }
    this.#form.blame(error.message)
  }

  /** The server was restarted and has lost this page's files: sends them again, once, and runs again. */
  async #renew(error: PublicError): Promise<void> {
    this.#renewed = true
    this.state.value = { at: 'uploading' }
    const cells = this.#form.inputs
    const before = cells.map(({ value }) => value.value)
    const after = await Promise.all(before.map(this.#held.renew)).catch(() => before)
    if (this.state.value.at !== 'uploading') return
    batch(() => {
      for (const [index, { value }] of cells.entries()) if (value.value === before[index]) value.value = after[index]
      if (JSON.stringify(after) === JSON.stringify(before)) this.#fail(error)
      else this.#start()
    })
  }
}
