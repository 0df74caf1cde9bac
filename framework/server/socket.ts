/** The WebSocket of a page: who may open one, what comes in, and when a silent one is given up. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket, WebSocketServer } from 'ws'
import { SpaceError, show } from '#core/errors.ts'
import { type ClientMessage, MAX_MESSAGE_BYTES } from '#core/protocol.ts'
import { Flusher } from './flusher.ts'
import type { Host } from './host.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log.ts'
import { isAllowedHost, isAllowedOrigin, wrongHost } from './origin.ts'
import { token } from './secrets.ts'
import type { Session, Sessions } from './session.ts'
import { Tab } from './tab.ts'

export interface SocketOptions {
  readonly sessions: Sessions
  readonly limits: Limits
  readonly log: Log
  readonly allowedOrigins: readonly string[]
  readonly allowedHosts: readonly string[] | null
  /** The space at a slug, or null. */
  hostAt(slug: string): Host | null
}

export class Sockets {
  readonly #options: SocketOptions
  readonly #tabs = new Map<string, Tab>()
  readonly #flusher = new Flusher()
  #server: Promise<WebSocketServer> | null = null
  #heart: NodeJS.Timeout | null = null
  #closing = false

  constructor(options: SocketOptions) {
    this.#options = options
  }

  /** Loads what the first page will need. */
  prepare(): Promise<WebSocketServer> {
    this.#server ??= import('ws').then(
      ({ WebSocketServer }) =>
        new WebSocketServer({
          noServer: true,
          perMessageDeflate: false,
          maxPayload: MAX_MESSAGE_BYTES,
          clientTracking: false,
        }),
    )
    return this.#server
  }

  /** Answers a request to upgrade; everything that can be refused is refused before. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignore = () => {}
    socket.on('error', ignore)
    try {
      const { host, params } = await this.#admit(request)
      const { headers } = request
      const secure = headers['x-forwarded-proto'] === 'https'
      const arrival = this.#options.sessions.arrive({ cookie: headers.cookie, host: headers.host, secure })
      const tab = this.#tabFor(host, arrival.id, params)
      const server = await this.prepare()
      if (socket.destroyed) return
      const addCookie = (lines: string[]) => {
        if (arrival.cookie) lines.push(`Set-Cookie: ${arrival.cookie}`)
      }
      server.once('headers', addCookie)
      server.handleUpgrade(request, socket, head, (ws) => {
        socket.off('error', ignore)
        this.#open(ws, tab, params)
      })
      server.off('headers', addCookie)
    } catch (error) {
      refuseUpgrade(socket, error instanceof SpaceError ? error : new SpaceError('run-failed', {}))
    }
  }

  async #admit(request: IncomingMessage): Promise<{ host: Host; params: URLSearchParams }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://spaces')
    const match = /^\/(?:([^/]+)\/)?ws$/.exec(pathname)
    const host = match ? this.#options.hostAt(decodeSlug(match[1] ?? '')) : null
    if (host === null) throw new SpaceError('page-unknown', { path: pathname, known: 'the socket of a space' })
    if (this.#closing) throw new SpaceError('server-closing', {})
    if (!isAllowedHost(request.headers, this.#options.allowedHosts))
      throw new SpaceError('not-allowed', { reason: wrongHost(request.headers.host) })
    if (!isAllowedOrigin(request.headers, this.#options.allowedOrigins))
      throw new SpaceError('not-allowed', { reason: 'Pages of another site may not open a connection here.' })
    // A space that does not load still has pages that wait for its next edit.
    await Promise.resolve(host.engine()).catch(() => null)
    return { host, params: searchParams }
  }

  /** The tab that comes back, or a new one. */
  #tabFor(host: Host, sessionId: string, params: URLSearchParams): Tab {
    const { sessions, limits } = this.#options
    const known = this.#tabs.get(params.get('tab') ?? '')
    if (known && known.host === host && params.get('seen') !== null) return known
    const session = sessions.open(sessionId)
    if (session.tabs >= limits.maxTabsPerSession) this.#forgetIdle(session)
    if (session.tabs >= limits.maxTabsPerSession)
      throw new SpaceError('too-many', { what: 'open pages', limit: limits.maxTabsPerSession })
    return new Tab(token(), session, host, limits, this.#flusher)
  }

  #open(ws: WebSocket, tab: Tab, params: URLSearchParams): void {
    const isNew = !this.#tabs.has(tab.id)
    if (isNew) {
      this.#tabs.set(tab.id, tab)
      tab.session.tabs++
      tab.host.pages.add(tab)
      // A page that was open before the server was: nobody asks for it again.
      void tab.host.warm()
    }
    ws.on('message', (data, isBinary) => this.#receive(tab, ws, data, isBinary))
    ws.on('pong', () => {
      tab.isAlive = true
    })
    ws.on('close', () => tab.disconnect(ws))
    // Broken frames and lost connections close the socket by themselves; the tab stays until its grace is over.
    ws.on('error', () => {})
    drainOf(ws)?.on('drain', () => tab.socket === ws && tab.relieve())
    const seen = Number(params.get('seen') ?? Number.NaN)
    const came = params.get('tab') !== null
    tab.connect(ws, isNew && came ? -1 : isNew ? null : Number.isSafeInteger(seen) && seen >= 0 ? seen : 0)
    this.#heart ??= setInterval(() => this.#beat(), this.#options.limits.heartbeatMs).unref()
  }

  #receive(tab: Tab, ws: WebSocket, data: RawData, isBinary: boolean): void {
    if (tab.socket !== ws) return
    tab.isAlive = true
    if (isBinary) {
      tab.refuse(null, 'a text frame', 'a binary one')
      return
    }
    let frame: unknown
    try {
      frame = JSON.parse(data.toString())
    } catch {
      tab.refuse(null, 'JSON', show(data.toString()))
      return
    }
    if (Array.isArray(frame)) for (const message of frame) handle(tab, message)
    else handle(tab, frame)
  }

  /** Pings everybody, drops who did not answer the last one, and forgets tabs that stay away. */
  #beat(): void {
    const now = performance.now()
    for (const tab of this.#tabs.values()) {
      const { socket } = tab
      if (socket) {
        if (!tab.isAlive) socket.terminate()
        else {
          tab.isAlive = false
          socket.ping()
        }
      } else if (tab.awaySince !== null && now - tab.awaySince > this.#options.limits.tabGraceMs) this.#forget(tab)
    }
  }

  /** Somebody who reloads a page again and again leaves tabs behind that wait for nothing. */
  #forgetIdle(session: Session): void {
    for (const tab of this.#tabs.values()) {
      if (tab.session === session && tab.socket === null && !tab.hasJobs) this.#forget(tab)
    }
  }

  #forget(tab: Tab): void {
    this.#tabs.delete(tab.id)
    tab.host.pages.delete(tab)
    tab.session.tabs--
    tab.session.seenAt = Date.now()
    tab.close()
  }

  /** Tells all pages that the server goes away, and takes no new ones. */
  announceClosing(): void {
    this.#closing = true
    for (const tab of this.#tabs.values()) tab.send({ type: 'closing' })
  }

  /** Sends what is still to be said and closes every connection. */
  async close(): Promise<void> {
    if (this.#heart) clearInterval(this.#heart)
    await this.#end([...this.#tabs.values()])
  }

  /** Lets go of the pages of a space that is gone: each looks whether it is back, and then finds the new one. */
  async leave(host: Host): Promise<void> {
    await this.#end([...this.#tabs.values()].filter((tab) => tab.host === host))
  }

  async #end(tabs: readonly Tab[]): Promise<void> {
    this.#flusher.flush()
    await Promise.all(tabs.map(({ socket }) => socket && closeSocket(socket)))
    for (const tab of tabs) if (this.#tabs.has(tab.id)) this.#forget(tab)
  }
}

function handle(tab: Tab, message: unknown): void {
  const { type, job, task, inputs, seen } = (message ?? {}) as Record<string, unknown>
  switch (type as ClientMessage['type']) {
    case 'run':
      tab.run(job, task, inputs)
      break
    case 'cancel':
      tab.cancel(job)
      break
    case 'ack':
      tab.ack(seen)
      break
    case 'ping':
      tab.send({ type: 'pong' })
      break
    default:
      tab.refuse(null, 'a message of the type run, cancel, ack or ping', show(type ?? message))
  }
}

/** How long a page has to answer the end of its connection; cut off sooner, a busy one would lose the last words. */
const CLOSE_MS = 2000

function closeSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(1001, 'There is nothing here any more.')
  })
}

/** The TCP socket under a WebSocket: ws keeps its `drain` to itself. */
function drainOf(ws: WebSocket): Duplex | null {
  return (ws as unknown as { _socket: Duplex | null })._socket
}

function decodeSlug(slug: string): string {
  try {
    return decodeURIComponent(slug)
  } catch {
    return slug
  }
}

const PHRASES: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
}

function refuseUpgrade(socket: Duplex, error: SpaceError): void {
  if (socket.destroyed) return
  const body = JSON.stringify({ error: error.toPublic() })
  socket.end(
    `HTTP/1.1 ${error.status} ${PHRASES[error.status] ?? 'Internal Server Error'}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
