/** Opens a port for an app, and closes it so that nothing is cut off in the middle of a word. */

import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { App } from './app.ts'

export interface Server extends AsyncDisposable {
  /** Where it answers, with a slash at the end. */
  readonly url: string
  readonly port: number
  /**
   * Frees the port at once and lets running jobs end for as long as the app's `closeGraceMs`, or as long as is said
   * here. Called again with less, it hurries.
   */
  close(graceMs?: number): Promise<void>
}

export interface ListenOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** Default `localhost`. */
  readonly host?: string
}

/** Rejects with Node's own `EADDRINUSE` where the port is busy. */
export async function listen(app: App, { port, host = 'localhost' }: ListenOptions): Promise<Server> {
  const http = createServer(
    { keepAliveTimeout: 10_000 },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  )
  http.on('upgrade', (request, socket, head) => app.upgrade(request, socket, head))
  http.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, resolve)
  })
  http.on('error', (error) => app.log.error('server', error))
  const warming = setTimeout(() => app.warm(), WARM_AFTER_MS)
  const address = http.address() as AddressInfo

  const deadline = createDeadline()
  let closed: Promise<void> | null = null
  const close = (graceMs = app.limits.closeGraceMs) => {
    clearTimeout(warming)
    deadline.within(graceMs)
    closed ??= shut(app, http, deadline.promise)
    return closed
  }
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${address.port}/`, port: address.port, close, [Symbol.asyncDispose]: () => close() }
}

/** The first page goes before the models: they would take the processor from it. */
const WARM_AFTER_MS = 100

async function shut(app: App, http: HttpServer, deadline: Promise<void>): Promise<void> {
  const gone = new Promise<void>((resolve) => http.close(() => resolve()))
  http.closeIdleConnections()
  await app.close(deadline)
  http.closeIdleConnections()
  // Answers that were just made are still on their way; a download of an hour is not waited for.
  const rest = setTimeout(() => http.closeAllConnections(), FLUSH_MS)
  await gone
  clearTimeout(rest)
}

const FLUSH_MS = 250

/** Settles at the earliest of all the times that were asked for. */
function createDeadline() {
  let settle = () => {}
  const promise = new Promise<void>((resolve) => {
    settle = resolve
  })
  return {
    promise,
    within(ms: number): void {
      if (ms <= 0) settle()
      else setTimeout(settle, ms).unref()
    },
  }
}
