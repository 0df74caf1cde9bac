/** The progress of fetching as Transformers.js tells it, for pages and programs that listen to that. */

import type { Transfer } from './hub/download.ts'

/** Bytes of a file, and how many of them are here. */
interface Bytes {
  readonly loaded: number
  readonly total: number
}

export type ProgressEvent =
  /** A file that has to be fetched is known, its first bytes come, and it is complete. `name` is the model's. */
  | { readonly status: 'initiate' | 'download' | 'done'; readonly name: string; readonly file: string }
  /** @param progress - 0..100 of this file. */
  | ({ readonly status: 'progress'; readonly name: string; readonly file: string; readonly progress: number } & Bytes)
  /** All files known of so far together. */
  | ({
      readonly status: 'progress_total'
      readonly name: string
      readonly progress: number
      readonly files: Readonly<Record<string, Bytes>>
    } & Bytes)
  /** The model is open. */
  | { readonly status: 'ready'; readonly task: string; readonly model: string }

const percent = ({ loaded, total }: Bytes) => (total === 0 ? 100 : (loaded / total) * 100)

/** Turns transfers, each with the state of one file, into events. */
export function createProgressEvents(name: string, send: (event: ProgressEvent) => void): (transfer: Transfer) => void {
  const files: Record<string, Bytes> = {}
  const started = new Set<string>()
  const done = new Set<string>()
  return ({ file, receivedBytes: loaded, totalBytes: total }) => {
    const isNew = !Object.hasOwn(files, file)
    const now = { loaded, total }
    files[file] = now
    if (isNew) send({ status: 'initiate', name, file })
    if ((isNew && loaded < total) || done.has(file)) return
    if (!started.has(file)) send({ status: 'download', name, file })
    started.add(file)
    send({ status: 'progress', name, file, progress: percent(now), ...now })
    const all = Object.values(files).reduce((sum, each) => ({
      loaded: sum.loaded + each.loaded,
      total: sum.total + each.total,
    }))
    send({ status: 'progress_total', name, progress: percent(all), ...all, files: { ...files } })
    if (loaded < total) return
    done.add(file)
    send({ status: 'done', name, file })
  }
}
