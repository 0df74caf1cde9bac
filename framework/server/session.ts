/**
 * A visitor, known by a signed cookie. The cookie alone says who somebody is; a session takes memory only while it has a
 * page open, a job or a file. Two servers on one host do not see each other's cookies: the name carries the port.
 */

import type { Limits } from './limits.ts'
import { type Signer, token } from './secrets.ts'

export interface Session {
  readonly id: string
  /** `visitor` is bound to a cookie. `link` belongs to one call of the API: its files open for whoever has their URL. */
  readonly scope: 'visitor' | 'link'
  tabs: number
  jobs: number
  /** When it last had something open, in the clock of `Date.now()`. */
  seenAt: number
}

export interface Arrival {
  readonly id: string
  /** To be sent with the answer where the visitor came without a cookie of ours. */
  readonly cookie: string | null
}

export class Sessions {
  readonly #signer: Signer
  readonly #limits: Limits
  readonly #open = new Map<string, Session>()

  constructor(signer: Signer, limits: Limits) {
    this.#signer = signer
    this.#limits = limits
  }

  /** Who this is, or a new visitor. */
  arrive(headers: { cookie: string | undefined; host: string | undefined; secure: boolean }): Arrival {
    const known = this.recognize(headers)
    if (known !== null) return { id: known, cookie: null }
    const id = token()
    const value = `${id}.${this.#signer.sign('session', id)}`
    const secure = headers.secure ? '; Secure' : ''
    return { id, cookie: `${cookieName(headers.host)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}` }
  }

  recognize({ cookie, host }: { cookie: string | undefined; host: string | undefined }): string | null {
    const value = readCookie(cookie, cookieName(host))
    if (value === null) return null
    const [id = '', signature = ''] = value.split('.')
    return this.#signer.verify(signature, 'session', id) ? id : null
  }

  open(id: string): Session {
    let session = this.#open.get(id)
    if (session === undefined) {
      session = { id, scope: 'visitor', tabs: 0, jobs: 0, seenAt: Date.now() }
      this.#open.set(id, session)
    }
    session.seenAt = Date.now()
    return session
  }

  /** A session for one call that came without a cookie. */
  openLink(): Session {
    const session: Session = { id: token(), scope: 'link', tabs: 0, jobs: 0, seenAt: Date.now() }
    this.#open.set(session.id, session)
    return session
  }

  /** Sessions that have nothing open and have not been seen for as long as files are kept; they are forgotten. */
  sweep(now = Date.now()): Session[] {
    const gone = [...this.#open.values()].filter(
      ({ tabs, jobs, seenAt }) => tabs === 0 && jobs === 0 && now - seenAt > this.#limits.fileLifetimeMs,
    )
    for (const { id } of gone) this.#open.delete(id)
    return gone
  }
}

function cookieName(host: string | undefined): string {
  const port = /:(\d+)$/.exec(host ?? '')?.[1]
  return port === undefined ? 'spaces' : `spaces-${port}`
}

export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}
