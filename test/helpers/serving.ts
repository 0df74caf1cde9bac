/** A server on a free port with the spaces of one test, and a tab that speaks the wire as `core/protocol.ts` says. */

import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'
import type { LoadedSpace } from '#core/loaded.ts'
import type { ClientMessage, ServerMessage } from '#core/protocol.ts'
import type { AnySpace } from '#core/space.ts'
import { type App, type AppOptions, createApp } from '#server/app.ts'
import { listen, type Server } from '#server/listen.ts'
import { createLog } from '#server/log.ts'

export interface Serving extends AsyncDisposable {
  readonly app: App
  readonly server: Server
  /** With a slash at the end. */
  readonly url: string
  /** Everything that the author was told. */
  readonly log: string[]
}

type Options = Partial<Omit<AppOptions, 'spaces'>>

export function loadedFrom(space: AnySpace | null, more: Partial<LoadedSpace> = {}): LoadedSpace {
  const dir = import.meta.dirname
  return { slug: '', file: join(dir, 'space.ts'), dir, space, problem: null, setupKey: '1', revision: '1', ...more }
}

/** Serves one space at `/`, or several under their slugs. */
export async function serve(spaces: AnySpace | readonly LoadedSpace[], options: Options = {}): Promise<Serving> {
  const log: string[] = []
  const app = createApp({
    spaces: isList(spaces) ? spaces : [loadedFrom(spaces)],
    gallery: null,
    log: createLog((text) => log.push(text)),
    ...options,
    limits: { closeGraceMs: 0, ...options.limits },
  })
  const server = await listen(app, { port: 0, host: '127.0.0.1' })
  return { app, server, url: server.url, log, [Symbol.asyncDispose]: () => server.close() }
}

const isList = (value: AnySpace | readonly LoadedSpace[]): value is readonly LoadedSpace[] => Array.isArray(value)

type Of<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>

export interface TestTab extends AsyncDisposable {
  /** Everything that came, in order. */
  readonly messages: ServerMessage[]
  /** Frames as they came, for those who count them. */
  readonly frames: string[]
  readonly socket: WebSocket
  readonly tab: string
  send(message: ClientMessage | readonly ClientMessage[] | string | Buffer): void
  run(job: string, inputs?: Record<string, unknown>, task?: string): void
  /** The first message of a type, of one job where it is named; those that came already count. */
  next<T extends ServerMessage['type']>(type: T, job?: string): Promise<Of<T>>
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  /** Ends the connection as a lost network does, without a word. */
  cut(): void
}

interface TabOptions {
  readonly resume?: { readonly tab: string; readonly seen: number }
  readonly headers?: Record<string, string>
}

export async function openTab(url: string, { resume, headers = {} }: TabOptions = {}): Promise<TestTab> {
  const query = resume ? `?tab=${resume.tab}&seen=${resume.seen}` : ''
  const socket = new WebSocket(`${url.replace('http', 'ws')}ws${query}`, { headers })
  const messages: ServerMessage[] = []
  const frames: string[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    const frame: ServerMessage | ServerMessage[] = JSON.parse(String(data))
    frames.push(String(data))
    messages.push(...[frame].flat())
    for (const look of waiting) look()
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)))
  })
  const next = <T extends ServerMessage['type']>(type: T, job?: string) =>
    new Promise<Of<T>>((resolve, reject) => {
      const look = () => {
        const found = messages.find(
          (message) => message.type === type && (job === undefined || ('job' in message && message.job === job)),
        )
        if (found === undefined) return
        waiting.delete(look)
        resolve(found as Of<T>)
      }
      waiting.add(look)
      void closed.then((code) => reject(new Error(`The socket closed (${code}) before ${type} ${job ?? ''} came.`)))
      look()
    })
  const { tab } = await next('welcome')
  const send: TestTab['send'] = (message) =>
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  return {
    messages,
    frames,
    socket,
    tab,
    send,
    run: (job, inputs = {}, task = 'predict') => send({ type: 'run', job, task, inputs: inputs as never }),
    next,
    closed,
    cut: () => socket.terminate(),
    async [Symbol.asyncDispose]() {
      socket.terminate()
      await closed
    },
  }
}

/** What a task waits for until the test says so. */
export function createGate<T = void>() {
  let open = (_value: T) => {}
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { passed, open }
}

/** Resolves when `look` is true; looks again after every turn of the event loop. */
export async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setImmediate(resolve))
}

export function temporaryFolder(): AsyncDisposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'spaces-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
