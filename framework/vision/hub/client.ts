/** The Hub over HTTP: one `fetch` that knows the token and turns every refusal into a `SpaceError`, and what is asked with it. */

import { isSpaceError, SpaceError } from '#core/errors.ts'
import { webFetch } from '../web-fetch.ts'
import { isCommit, type RepoFile } from './cache.ts'
import type { HubEnvironment } from './environment.ts'
import { factsOf } from './file-facts.ts'
import { listFilesAt } from './listing.ts'
import { persist } from './persist.ts'
import { isLacking } from './refusal.ts'
import { refusalOf } from './refused.ts'
import { whyNot } from './why-not.ts'

export interface HubClient {
  readonly endpoint: string
  /**
   * `fetch` that sends the token to the Hub's own address only, and answers with 2xx or throws; what is asked (GET) of
   * other hosts is answered as it comes.
   * @throws SpaceError `model-missing`, `model-file-missing`, `hub-denied`, `hub-unreachable`
   */
  fetch(address: string, init?: RequestInit): Promise<Response>
  /** The commit that a branch, tag or pull request points to. */
  commitOf(revision: string, signal?: AbortSignal): Promise<string>
  /** Every file at a commit. */
  filesAt(commit: string, signal?: AbortSignal): Promise<RepoFile[]>
  /** What the headers of one file say of it. */
  fileAt(commit: string, path: string, signal?: AbortSignal): Promise<RepoFile>
  /** What a small file says. */
  textAt(commit: string, path: string, signal?: AbortSignal): Promise<string>
  addressOf(commit: string, path: string): string
}

/** Redirects within the Hub before a question counts as lost. */
const HOPS = 5

type Environment = Pick<HubEnvironment, 'endpoint' | 'answerTimeoutMs'>

/** @param model - id of the repository, also for messages. */
export function createHubClient(model: string, environment: Environment, token: string | null): HubClient {
  const { endpoint, answerTimeoutMs } = environment
  const origin = originOf(model, endpoint)
  const asked = { model, endpoint, origin, token }

  const unreachable = (reason: string, cause: unknown) =>
    new SpaceError('hub-unreachable', { model, endpoint, reason }, { cause })

  const send = async (address: string, init: RequestInit): Promise<Response> => {
    // Other hosts get what their own caller gave for them, such as the key of the upload store.
    const headers = new Headers(init.headers)
    // Redirects to the content network drop it: undici forgets credentials when the origin changes.
    if (token && new URL(address).origin === origin) headers.set('authorization', `Bearer ${token}`)
    return webFetch(address, { ...init, headers }).catch((error: unknown) => {
      init.signal?.throwIfAborted()
      throw unreachable(whyNot(error), error)
    })
  }

  const hubFetch = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const response = await send(address, init)
    // What a store of chunks has not yet, its 404 tells whoever asks.
    const isQuestion = (init.method ?? 'GET') === 'GET' && new URL(address).origin !== origin
    if (!response.ok && !isQuestion) throw await refusalOf(response, asked)
    return response
  }

  /** Asks something small: each answer within a time limit, and again where the Hub is busy or hangs up. */
  const ask = async <T>(
    signal: AbortSignal | undefined,
    question: (asking: typeof fetch) => Promise<T>,
  ): Promise<T> => {
    let limit: AbortSignal | null = null
    const once = async (address: string, init: RequestInit | undefined): Promise<Response> => {
      limit = AbortSignal.timeout(answerTimeoutMs)
      const either = signal ? AbortSignal.any([signal, limit]) : limit
      const response = await send(address, { ...init, signal: either })
      if (response.status < 400) return response
      throw await refusalOf(response, asked)
    }
    const asking: typeof fetch = (address, init) => persist(() => once(String(address), init), signal)
    try {
      return await question(asking)
    } catch (error) {
      signal?.throwIfAborted()
      if (isSpaceError(error) && !isAborted(limit)) throw error
      if (isAborted(limit)) throw unreachable(`nothing within ${answerTimeoutMs / 1000} s`, error)
      throw unreachable(error instanceof SyntaxError ? 'a page that is not JSON' : whyNot(error), error)
    }
  }

  const addressOf = (commit: string, path: string) =>
    `${endpoint}/${model}/resolve/${encodeURIComponent(commit)}/${path.split('/').map(encodeURIComponent).join('/')}`

  /**
   * The headers of a file, the Hub's own before those that its redirects lead to. What lies on the content network is
   * described by the redirect there.
   */
  const headersOf = (revision: string, path: string, signal: AbortSignal | undefined) =>
    ask(signal, async (asking): Promise<Headers[]> => {
      const all: Headers[] = []
      for (let address: string | null = addressOf(revision, path); address !== null && all.length < HOPS; ) {
        const init = { method: 'HEAD', redirect: 'manual', headers: { 'accept-encoding': 'identity' } } as const
        const { headers }: Response = await asking(address, init)
        all.push(headers)
        const location: string | null = headers.get('location')
        const next: URL | null = location === null ? null : new URL(location, address)
        address = next?.origin === origin ? next.href : null
      }
      return all
    })

  return {
    endpoint,
    fetch: hubFetch,
    async commitOf(revision, signal) {
      if (isCommit(revision)) return revision
      const address = `${endpoint}/api/models/${model}/revision/${encodeURIComponent(revision)}?expand=sha`
      const described = async () => {
        const { sha } = await ask(
          signal,
          async (asking) => (await asking(address)).json() as Promise<{ sha?: unknown }>,
        )
        return sha
      }
      const sha = await described().catch(async (error: unknown) => {
        // A mirror that gives out files alone names the commit with each of them.
        if (!isLacking(error)) throw error
        const headers = await headersOf(revision, 'config.json', signal).catch(() => [])
        return headers.map((one) => one.get('x-repo-commit')).find((one) => one !== null) ?? Promise.reject(error)
      })
      if (isCommit(String(sha))) return String(sha)
      throw unreachable('an answer without a commit', sha)
    },
    filesAt: (commit, signal) => ask(signal, (asking) => listFilesAt({ model, endpoint, commit, fetch: asking })),
    fileAt: async (commit, path, signal) => factsOf(model, path, await headersOf(commit, path, signal)),
    textAt: (commit, path, signal) => ask(signal, async (asking) => (await asking(addressOf(commit, path))).text()),
    addressOf,
  }
}

function originOf(model: string, endpoint: string): string {
  const address = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (address && /^https?:$/.test(address.protocol)) return address.origin
  const reason = 'no address: HF_ENDPOINT begins with http:// or https://'
  throw new SpaceError('hub-unreachable', { model, endpoint, reason })
}

const isAborted = (signal: AbortSignal | null) => signal?.aborted === true
