// What goes over a hub's wire: everything on record, and transfers that tests can stop, cut and spoil.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { deferred, refuse } from './loopback.ts'

export interface HubRequest {
  readonly host: 'hub' | 'cdn'
  readonly method: string
  readonly path: string
  readonly range: string | null
  readonly authorization: string | null
  /** Bytes of the body that went out. */
  sentBytes: number
}

/** A transfer that stops after some bytes until the test decides. */
export interface Hold {
  /** When the bytes before the stop are on their way. */
  readonly reached: Promise<void>
  /** Sends the rest. */
  resume(): void
  /** Closes the connection without the rest. */
  cut(): void
}

export interface Traffic {
  readonly requests: readonly HubRequest[]
  /** Stops the next transfer of a file after so many bytes. */
  hold(file: string, afterBytes: number): Hold
  /** Answers the next `times` requests whose path contains `part` with a status instead. */
  fail(part: string, status: number, times?: number, headers?: Readonly<Record<string, string>>): void
  /** Sends other bytes of the same length the next `times` that a file is asked for. */
  spoil(file: string, times?: number): void
  /** Whether Range headers count; a proxy may drop them. */
  knowsRanges: boolean
  /** Bodies sent for a file so far, in bytes. */
  sentBytesOf(file: string): number
  /** Waits until so many requests with this part in their path have come. */
  seen(part: string, count: number): Promise<void>
}

/** The same, as the servers use it. */
export interface TrafficControl extends Traffic {
  record(host: HubRequest['host'], request: IncomingMessage): HubRequest
  /** What to answer instead, where a test wants that. */
  failureFor(path: string): { readonly status: number; readonly headers: Headers } | null
  /** Sends a file or the rest of it, as the Range header asks. */
  send(
    entry: HubRequest,
    request: IncomingMessage,
    response: ServerResponse,
    file: string,
    whole: Buffer,
    headers: Record<string, string>,
  ): Promise<void>
}

export function createTraffic(): TrafficControl {
  const requests: HubRequest[] = []
  const watchers = new Set<() => void>()
  const holds = new Map<string, { afterBytes: number; onReached: () => void; decided: Promise<'resume' | 'cut'> }>()
  const failures: { part: string; status: number; times: number; headers: Headers }[] = []
  const spoiled = new Map<string, number>()

  const traffic: TrafficControl = {
    requests,
    knowsRanges: true,
    record(host, request) {
      const { method = 'GET', url: path = '/', headers } = request
      const { range = null, authorization = null } = headers
      const entry = { host, method, path, range, authorization, sentBytes: 0 }
      requests.push(entry)
      for (const watcher of watchers) watcher()
      return entry
    },
    failureFor(path) {
      const failure = failures.find(({ part, times }) => times > 0 && path.includes(part))
      if (failure) failure.times -= 1
      return failure ?? null
    },
    send,
    hold(file, afterBytes) {
      const reached = deferred<void>()
      const decided = deferred<'resume' | 'cut'>()
      holds.set(file, { afterBytes, onReached: () => reached.resolve(), decided: decided.promise })
      return { reached: reached.promise, resume: () => decided.resolve('resume'), cut: () => decided.resolve('cut') }
    },
    fail: (part, status, times = 1, headers = {}) =>
      void failures.push({ part, status, times, headers: new Headers(headers) }),
    spoil: (file, times = 1) => void spoiled.set(file, times),
    sentBytesOf(file) {
      const named = (path: string) => path.includes(`file=${encodeURIComponent(file)}&`) || path.endsWith(`/${file}`)
      return requests.filter(({ path }) => named(path)).reduce((sum, { sentBytes }) => sum + sentBytes, 0)
    },
    async seen(part, count) {
      const enough = () => requests.filter(({ path }) => path.includes(part)).length >= count
      if (enough()) return
      const { promise, resolve } = deferred<void>()
      const watcher = () => enough() && resolve()
      watchers.add(watcher)
      await promise
      watchers.delete(watcher)
    },
  }

  async function send(
    entry: HubRequest,
    request: IncomingMessage,
    response: ServerResponse,
    file: string,
    whole: Buffer,
    headers: Record<string, string>,
  ): Promise<void> {
    const start = traffic.knowsRanges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
    if (start >= whole.byteLength && start > 0) return refuse(response, 416, null, 'Range not satisfiable')
    const times = spoiled.get(file) ?? 0
    if (times > 0) spoiled.set(file, times - 1)
    const bytes = times > 0 ? Buffer.alloc(whole.byteLength, 'x').subarray(start) : whole.subarray(start)
    const range = start > 0 ? { 'content-range': `bytes ${start}-${whole.byteLength - 1}/${whole.byteLength}` } : {}
    const facts = { 'content-length': bytes.byteLength, 'accept-ranges': 'bytes' }
    response.writeHead(start > 0 ? 206 : 200, { ...headers, ...facts, ...range })
    if (request.method === 'HEAD') return void response.end()
    const hold = holds.get(file)
    holds.delete(file)
    const first = bytes.subarray(0, hold?.afterBytes ?? bytes.byteLength)
    entry.sentBytes += first.byteLength
    await new Promise<void>((resolve) => response.write(first, () => resolve()))
    hold?.onReached()
    if ((await hold?.decided) === 'cut') return void response.destroy()
    entry.sentBytes += bytes.byteLength - first.byteLength
    response.end(bytes.subarray(first.byteLength))
  }

  return traffic
}
