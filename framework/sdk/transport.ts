/** HTTP and sockets in the name of one session. A browser keeps the session's cookie by itself; elsewhere this does. */

import type { PublicError } from '#core/errors.ts'
import type { Socket } from './connection.ts'
import { RemoteError } from './remote-error.ts'

export interface Transport {
  /** @throws RemoteError with what the server said, where the answer is no success. */
  request(path: string, init?: RequestInit): Promise<Response>
  createSocket(url: string): Socket
}

type SocketClass = new (url: string, options?: { headers: Record<string, string> }) => Socket

/** Outside of Node the platform keeps cookies, or refuses to let anybody set them. */
const inNode = typeof process === 'object' && process.versions?.node !== undefined

export async function createTransport(base: string): Promise<Transport> {
  const cookies = new Map<string, string>()
  const own = (): Record<string, string> =>
    cookies.size ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}
  // Node 20 has no WebSocket of its own, and the ones that have it cannot send a cookie.
  const SocketHere = inNode ? ((await import('ws')).WebSocket as unknown as SocketClass) : null

  return {
    async request(path, init = {}) {
      const headers = { ...(init.headers as Record<string, string> | undefined), ...own() }
      const answer = await fetch(new URL(path, base), { ...init, headers })
      for (const line of inNode ? answer.headers.getSetCookie() : []) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (name !== undefined && value !== undefined) cookies.set(name, value)
      }
      if (!answer.ok) throw await refusal(answer)
      return answer
    },
    createSocket: (url) => (SocketHere ? new SocketHere(url, { headers: own() }) : (new WebSocket(url) as Socket)),
  }
}

async function refusal(answer: Response): Promise<RemoteError> {
  const text = await answer.text()
  try {
    const { error } = JSON.parse(text) as { error: PublicError }
    if (error.code && error.message) return new RemoteError(error)
  } catch {
    // A proxy answered in the server's stead; its status is all there is to say.
  }
  return new RemoteError({
    code: 'run-failed',
    title: 'The server refused',
    message: `${answer.url}: expected an answer of a space, got status ${answer.status}.`,
    hint: 'Check the address, with the slash at its end.',
  })
}
