/**
 * `spaces/client`: runs a space from code, in browsers and in Node, with the types of its declaration.
 *
 *     import type space from './space.ts'
 *     await using client = await connect<typeof space>('http://localhost:7860/')
 *     const { labels } = await client.run({ photo: await openAsBlob('coffee.jpg') })
 */

import type { SpaceManifest, Wires } from '#core/manifest.ts'
import type { JobEvent } from '#core/protocol.ts'
import type { FileRef } from '#core/schema.ts'
import { createJobs } from './jobs.ts'
import { RemoteError } from './remote-error.ts'
import { createTransport } from './transport.ts'
import type { AnySpace, ClientInputs, ClientOutputs, RemoteFile } from './types.ts'
import { receiveFiles, sendFiles } from './values.ts'

export type { PublicError } from '#core/errors.ts'
export type { SpaceManifest } from '#core/manifest.ts'
export type { FileRef } from '#core/schema.ts'
export { RemoteError } from './remote-error.ts'
export type { ClientInputs, ClientOutputs, Media, RemoteFile } from './types.ts'

/** Where a run stands. */
export type RunProgress =
  /** @remarks position 1 is next; `etaMs` is null until something has been measured. */
  | { readonly state: 'queued'; readonly position: number; readonly etaMs: number | null }
  | { readonly state: 'running' /** 0..1 */; readonly fraction: number | null; readonly note: string }

export interface RunOptions {
  /** Cancels the run on the server; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  onProgress?(progress: RunProgress): void
}

export interface Client<S> {
  /** What the space is: title, fields, examples. */
  readonly manifest: SpaceManifest
  /**
   * Runs the task and gives all of its outputs. Blobs among the inputs are uploaded first.
   * @throws RemoteError with what the page would show; the signal's reason where it was aborted.
   */
  run(inputs: ClientInputs<S>, options?: RunOptions): Promise<ClientOutputs<S>>
  /**
   * Runs the task and gives its outputs as they come: each time everything that is known so far, the last time all.
   * Leaving the loop cancels the run. Throws as `run` does.
   */
  stream(inputs: ClientInputs<S>, options?: RunOptions): AsyncGenerator<Partial<ClientOutputs<S>>, void, void>
  /** Sends a file for later runs. @param field - the input that it is for; its kind and size are checked. */
  upload(
    field: keyof ClientInputs<S> & string,
    file: Blob,
    options?: { name?: string; signal?: AbortSignal },
  ): Promise<FileRef>
  /** Ends the connection; runs under way are left to the server, which stops them. */
  close(): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens a space by its address, e.g. `http://localhost:7860/palette/`.
 * @throws RemoteError where there is no space; a `TypeError` where the server cannot be reached.
 */
export async function connect<S = AnySpace>(url: string | URL): Promise<Client<S>> {
  const base = new URL(url, typeof location === 'undefined' ? undefined : location.href)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const transport = await createTransport(base.href)
  const manifest = (await (await transport.request('manifest')).json()) as SpaceManifest
  const jobs = createJobs({ base: base.href, createSocket: transport.createSocket })

  const open = (ref: FileRef): RemoteFile => {
    const path = `files/${encodeURIComponent(ref.id)}/${encodeURIComponent(ref.name || 'file')}`
    const blob = async (init?: { signal?: AbortSignal }) => (await transport.request(path, init)).blob()
    return { ...ref, url: new URL(path, base).href, blob }
  }

  const upload = async (field: string, file: Blob, options: { name?: string; signal?: AbortSignal } = {}) => {
    const name = options.name ?? (file instanceof File ? file.name : 'file')
    const answer = await transport.request(`files?field=${encodeURIComponent(field)}`, {
      method: 'POST',
      headers: {
        'content-type': file.type || 'application/octet-stream',
        'x-file-name': encodeURIComponent(name),
      },
      body: file,
      ...(options.signal ? { signal: options.signal } : {}),
    })
    return (await answer.json()) as FileRef
  }

  const wiresOf = async (inputs: object, signal: AbortSignal | undefined): Promise<Wires> => {
    const given = Object.entries(inputs).filter(([, value]) => value !== undefined)
    const sent = given.map(async ([field, value]) => {
      const wire = await sendFiles(value, (file) => upload(field, file, signal ? { signal } : {}))
      return [field, wire] as const
    })
    return Object.fromEntries(await Promise.all(sent)) as Wires
  }

  /** Every event of one run, in order; its last one is its end. */
  async function* follow(inputs: object, { signal }: RunOptions): AsyncGenerator<JobEvent, void, void> {
    signal?.throwIfAborted()
    const wires = await wiresOf(inputs, signal)
    signal?.throwIfAborted()
    const events: JobEvent[] = []
    let wake = () => {}
    const job = jobs.start(manifest.task.name, wires, (event) => {
      events.push(event)
      wake()
    })
    const cancel = () => job.cancel()
    signal?.addEventListener('abort', cancel)
    try {
      for (;;) {
        const event = events.shift()
        if (!event) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        yield event
        if (isEnd(event)) return
      }
    } finally {
      signal?.removeEventListener('abort', cancel)
      job.cancel()
    }
  }

  async function* stream(inputs: object, options: RunOptions = {}) {
    let known: Record<string, unknown> = {}
    for await (const event of follow(inputs, options)) {
      tell(event, options)
      if (event.type === 'failed') throw new RemoteError(event.error)
      if (event.type === 'cancelled') throw options.signal?.aborted ? options.signal.reason : new RemoteError(STOPPED)
      if (event.type !== 'patch' && event.type !== 'done') continue
      known = { ...known, ...(receiveFiles(event.outputs, open) as Record<string, unknown>) }
      yield known as Partial<ClientOutputs<S>>
    }
  }

  const close = () => jobs.close()
  return {
    manifest,
    stream: stream as Client<S>['stream'],
    async run(inputs, options) {
      let last: unknown
      for await (const outputs of stream(inputs as object, options)) last = outputs
      return last as ClientOutputs<S>
    },
    upload,
    close,
    async [Symbol.asyncDispose]() {
      close()
    },
  }
}

const STOPPED = {
  code: 'server-closing',
  title: 'The run was stopped',
  message: 'The run was stopped before it could end.',
  hint: 'Run it again.',
} as const

const isEnd = ({ type }: JobEvent) => type === 'done' || type === 'failed' || type === 'cancelled'

function tell(event: JobEvent, { onProgress }: RunOptions): void {
  if (event.type === 'queued') onProgress?.({ state: 'queued', position: event.position, etaMs: event.etaMs })
  else if (event.type === 'running') onProgress?.({ state: 'running', fraction: null, note: '' })
  else if (event.type === 'progress') onProgress?.({ state: 'running', fraction: event.fraction, note: event.note })
}
