/**
 * One tab's socket to a space, by the rules of `core/protocol.ts`: it comes back by itself after a cut, asks for what it
 * missed, drops what it has already seen, acknowledges, and notices a peer that went silent. Knows no DOM: a browser and
 * Node each bring their own socket.
 */

import { type ClientMessage, HEARTBEAT_MS, type ServerMessage } from '#core/protocol.ts'

/** What a connection passes on; it answers to `pong` by itself. */
export type Heard = Exclude<ServerMessage, { type: 'pong' }>

/** What browsers' `WebSocket` and the package `ws` have in common. */
export interface Socket {
  readonly readyState: number
  onopen: ((event: never) => unknown) | null
  onmessage: ((event: never) => unknown) | null
  onclose: ((event: never) => unknown) | null
  onerror: ((event: never) => unknown) | null
  send(text: string): void
  close(code?: number, reason?: string): void
}

/** `open`: caught up and ready for messages. `lost`: it was open, and is trying to come back. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'closed'

export interface ConnectionOptions {
  /** Address of the space's socket, `ws:` or `wss:`. */
  readonly url: string
  createSocket(url: string): Socket
  /** Each once and in order. */
  onMessage(message: Heard): void
  onStateChange?(state: ConnectionState): void
  /** Runs each time the connection is caught up. `kept` is false where the server no longer knows this tab's jobs. */
  onReady?(kept: boolean): void
}

export interface Connection {
  readonly state: ConnectionState
  /** Sends, or drops the message and answers false while there is no connection. */
  send(message: ClientMessage): boolean
  /** The network is back or the page is looked at again: tries at once, or asks whether the peer is still there. */
  wake(): void
  close(): void
}

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 10_000
const ACK_AFTER_MS = 500
/** How long a peer may take to answer `ping`, and a new socket to say `welcome`. */
const PATIENCE_MS = 8_000
/** An application's own close code; browsers allow 3000 to 4999. */
const GIVE_UP = 4000

export function createConnection(options: ConnectionOptions): Connection {
  let socket: Socket | null = null
  let state: ConnectionState = 'connecting'
  let tab: string | null = null
  let seen = 0
  let acked = 0
  /** Number up to which the server sends again after a cut; null before `welcome`. */
  let catchUpTo: number | null = null
  let kept = true
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let ackTimer: ReturnType<typeof setTimeout> | undefined

  const become = (next: ConnectionState) => {
    if (next === state) return
    state = next
    options.onStateChange?.(next)
  }

  const write = (message: ClientMessage) => socket?.send(JSON.stringify(message))

  const open = () => {
    clearTimeout(retry)
    retry = undefined
    catchUpTo = null
    const resume = tab === null ? '' : `?tab=${encodeURIComponent(tab)}&seen=${seen}`
    const mine = options.createSocket(options.url + resume)
    socket = mine
    listen(PATIENCE_MS)
    mine.onmessage = ({ data }: { data: unknown }) => {
      if (socket !== mine) return
      listen()
      receive(data)
    }
    // A browser says nothing about the error; `close` follows it and does the work.
    mine.onerror = () => {}
    mine.onclose = () => {
      if (socket === mine) cut()
    }
  }

  /** Waits for a sign of life; asks once, then gives the socket up. */
  const listen = (patienceMs?: number) => {
    clearTimeout(silence)
    silence = setTimeout(() => (patienceMs === undefined ? ask() : drop()), patienceMs ?? HEARTBEAT_MS * 2)
  }

  const ask = () => {
    write({ type: 'ping' })
    listen(PATIENCE_MS)
  }

  /** Lets go of a socket that cannot be trusted any more, without waiting for its own end. */
  const drop = () => {
    const old = socket
    cut()
    old?.close(GIVE_UP)
  }

  const cut = () => {
    socket = null
    clearTimeout(silence)
    clearTimeout(ackTimer)
    ackTimer = undefined
    if (state === 'closed') return
    become(tab === null ? 'connecting' : 'lost')
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures)
    failures += 1
    clearTimeout(retry)
    // Half of the wait is chance, so that the pages of a restarted server do not all come back in the same instant.
    retry = setTimeout(open, longest * (0.5 + Math.random() / 2))
  }

  const receive = (data: unknown) => {
    let frame: ServerMessage | ServerMessage[]
    try {
      frame = JSON.parse(String(data))
    } catch {
      drop()
      return
    }
    for (const message of Array.isArray(frame) ? frame : [frame]) {
      if (socket === null) return
      take(message)
    }
  }

  const take = (message: ServerMessage) => {
    if (message.type === 'pong') return
    if (message.type === 'welcome') {
      kept = message.resumed || tab === null
      if (!message.resumed) seen = acked = message.seq
      tab = message.tab
      catchUpTo = message.seq
      failures = 0
    } else if ('seq' in message) {
      if (message.seq <= seen) return
      if (message.seq !== seen + 1) {
        drop()
        return
      }
      seen = message.seq
      ackTimer ??= setTimeout(acknowledge, ACK_AFTER_MS)
    }
    options.onMessage(message)
    if (catchUpTo !== null && seen >= catchUpTo) {
      catchUpTo = null
      become('open')
      options.onReady?.(kept)
    }
  }

  const acknowledge = () => {
    ackTimer = undefined
    if (seen > acked) write({ type: 'ack', seen })
    acked = seen
  }

  open()

  return {
    get state() {
      return state
    },
    send(message) {
      if (state !== 'open') return false
      write(message)
      return true
    },
    wake() {
      if (state === 'closed') return
      failures = 0
      if (socket === null) open()
      else if (state === 'open') ask()
    },
    close() {
      become('closed')
      clearTimeout(retry)
      const old = socket
      cut()
      old?.close(1000)
    },
  }
}
