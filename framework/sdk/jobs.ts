/** The jobs of one tab: started, followed, cancelled, and carried over cuts of the connection. */

import type { PublicError } from '#core/errors.ts'
import type { Wires } from '#core/manifest.ts'
import type { JobEvent, JobId, JobMessage } from '#core/protocol.ts'
import { type ConnectionState, createConnection, type Heard, type Socket } from './connection.ts'

export interface JobsOptions {
  /** Address of the space, with a slash at its end. */
  readonly base: string
  createSocket(url: string): Socket
  onStateChange?(state: ConnectionState): void
  /** Whatever is about no job: `welcome`, `reload`, `broken`, `closing`, a `refused` without a job. */
  onMessage?(message: PageMessage): void
}

export interface Job {
  readonly id: JobId
  /** Asks the server to stop it; its end still comes as an event. */
  cancel(): void
  /** Hears no more of it. */
  forget(): void
}

export interface Jobs {
  /** Runs a task. `onEvent` hears of it until `done`, `failed` or `cancelled`, of which exactly one comes. */
  start(task: string, inputs: Wires, onEvent: (event: JobEvent) => void): Job
  wake(): void
  close(): void
}

export type PageMessage = Exclude<Heard, JobMessage>

const LOST: PublicError = {
  code: 'session-lost',
  title: 'The run was lost',
  message: 'The server was restarted, or this page was away for too long.',
  hint: 'Run it again.',
}

interface Entry {
  readonly task: string
  readonly inputs: Wires
  readonly onEvent: (event: JobEvent) => void
  /** The server has answered to it, so it need not be sent again. */
  heard: boolean
  cancelled: boolean
}

export function createJobs(options: JobsOptions): Jobs {
  const running = new Map<JobId, Entry>()
  let count = 0

  const end = (id: JobId, event: JobEvent) => {
    const entry = running.get(id)
    running.delete(id)
    entry?.onEvent(event)
  }

  const send = (id: JobId, { task, inputs, heard, cancelled }: Entry) => {
    if (!heard) connection.send({ type: 'run', job: id, task, inputs })
    if (cancelled) connection.send({ type: 'cancel', job: id })
  }

  const onReady = (kept: boolean) => {
    for (const [id, entry] of [...running]) {
      if (!kept && entry.heard) end(id, { type: 'failed', job: id, error: LOST })
      else send(id, entry)
    }
  }

  const onMessage = (message: Heard) => {
    if (message.type === 'refused' && message.job !== null) {
      // A run that was sent again after a cut and had arrived the first time goes on as it is.
      if (!running.get(message.job)?.heard) end(message.job, { type: 'failed', job: message.job, error: message.error })
    } else if (!isJobMessage(message)) {
      options.onMessage?.(message)
    } else if (message.type === 'done' || message.type === 'failed' || message.type === 'cancelled') {
      end(message.job, message)
    } else {
      const entry = running.get(message.job)
      if (entry) entry.heard = true
      entry?.onEvent(message)
    }
  }

  const { onStateChange = () => {} } = options
  const connection = createConnection({
    url: socketUrl(options.base),
    createSocket: options.createSocket,
    onStateChange,
    onReady,
    onMessage,
  })

  return {
    start(task, inputs, onEvent) {
      count += 1
      const id = `job-${count}`
      const entry: Entry = { task, inputs, onEvent, heard: false, cancelled: false }
      running.set(id, entry)
      send(id, entry)
      return {
        id,
        cancel() {
          if (!running.has(id) || entry.cancelled) return
          entry.cancelled = true
          connection.send({ type: 'cancel', job: id })
        },
        forget: () => running.delete(id),
      }
    },
    wake: () => connection.wake(),
    close() {
      connection.close()
      for (const id of [...running.keys()]) end(id, { type: 'cancelled', job: id })
    },
  }
}

function isJobMessage(message: Heard): message is JobMessage {
  return 'seq' in message && message.type !== 'welcome'
}

/** `https://host/palette/` to `wss://host/palette/ws`. */
function socketUrl(base: string): string {
  const url = new URL('ws', base)
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}
