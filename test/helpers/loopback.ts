// What a server for tests needs of HTTP: a port of its own, bodies in, JSON and refusals out.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export function refuse(response: ServerResponse, status: number, code: string | null, message: string): void {
  if (code) response.setHeader('x-error-code', code)
  response.writeHead(status, { 'x-error-message': message, 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: message }))
}

export function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

export async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export function deferred<T>() {
  let settle: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => {
    settle = resolve
  })
  return { promise, resolve: (value: T) => settle(value) }
}

export async function start(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void) {
  const server: Server = createServer((request, response) => {
    response.on('error', () => undefined)
    Promise.resolve(handle(request, response)).catch((error: unknown) => refuse(response, 500, null, String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
