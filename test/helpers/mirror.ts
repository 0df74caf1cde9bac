// A mirror of the Hub in a few lines: each test says what it answers, address by address, so that it may answer as little
// or as oddly as mirrors and proxies do.

import type { IncomingMessage } from 'node:http'
import { read, start } from './loopback.ts'

export interface MirrorAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the connection after the body, or in place of an answer where there is none. */
  readonly hangsUp?: boolean
}

/** What is asked: `GET /api/models/a/b`, without the query, and the number of times it was asked before. */
export type Mirror = (
  asked: string,
  times: number,
  request: IncomingMessage,
) => MirrorAnswer | string | Uint8Array | null

export async function openMirror(answerTo: Mirror) {
  const asked: string[] = []
  const server = await start(async (request, response) => {
    const line = `${request.method} ${decodeURIComponent(request.url ?? '').replace(/\?.*/, '')}`
    await read(request)
    const said = answerTo(line, asked.filter((before) => before === line).length, request)
    asked.push(line)
    const answer = typeof said === 'string' || said instanceof Uint8Array ? { body: said } : said
    const { status = answer ? 200 : 404, headers = {}, body, hangsUp = false } = answer ?? {}
    if (hangsUp && body === undefined) return void response.destroy()
    const bytes = Buffer.from(body ?? '')
    response.writeHead(status, { 'content-length': bytes.byteLength, ...headers })
    if (request.method === 'HEAD') return void response.end()
    if (!hangsUp) return void response.end(bytes)
    await new Promise<void>((resolve) => response.write(bytes, () => resolve()))
    response.destroy()
  })
  return {
    url: server.url,
    /** Every request so far. */
    asked,
    [Symbol.asyncDispose]: () => server.close(),
  }
}
