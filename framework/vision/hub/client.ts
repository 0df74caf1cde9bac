/** The Hub over HTTP: one `fetch` that knows the token and turns every refusal into a `SpaceError`, and what is asked with it. */

import { isSpaceError, SpaceError } from '#core/errors.ts'
import { isCommit, type RepoFile } from './cache.ts'
import type { HubEnvironment } from './environment.ts'
import { listFilesAt } from './listing.ts'
import { pause } from './pause.ts'
import { Refusal, waitBefore } from './refusal.ts'

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
  /** What a small file says. */
  textAt(commit: string, path: string, signal?: AbortSignal): Promise<string>
  addressOf(commit: string, path: string): string
}

/** How often a question is asked while the Hub says that it is busy. */
const ATTEMPTS = 3

type Environment = Pick<HubEnvironment, 'endpoint' | 'answerTimeoutMs'>

/** @param model - id of the repository, also for messages. */
export function createHubClient(model: string, environment: Environment, token: string | null): HubClient {
  const { endpoint, answerTimeoutMs } = environment
  const origin = originOf(model, endpoint)

  const unreachable = (reason: string, cause: unknown) =>
    new SpaceError('hub-unreachable', { model, endpoint, reason }, { cause })

  const send = async (address: string, init: RequestInit): Promise<Response> => {
    // Other hosts get what their own caller gave for them, such as the key of the upload store.
    const headers = new Headers(init.headers)
    // Redirects to the content network drop it: undici forgets credentials when the origin changes.
    if (token && new URL(address).origin === origin) headers.set('authorization', `Bearer ${token}`)
    return fetch(address, { ...init, headers }).catch((error: unknown) => {
      init.signal?.throwIfAborted()
      throw unreachable(whyNot(error), error)
    })
  }

  const hubFetch = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const response = await send(address, init)
    // What a store of chunks has not yet, its 404 tells whoever asks.
    const isQuestion = (init.method ?? 'GET') === 'GET' && new URL(address).origin !== origin
    if (!response.ok && !isQuestion) throw await refusalOf(response, { model, endpoint, token })
    return response
  }

  /** Asks the Hub's own client something small: each answer within a time limit, and again where the Hub is busy. */
  const ask = async <T>(
    signal: AbortSignal | undefined,
    question: (asking: typeof fetch) => Promise<T>,
  ): Promise<T> => {
    let limit: AbortSignal | null = null
    const asking: typeof fetch = async (address, init) => {
      for (let attempt = 1; ; attempt++) {
        limit = AbortSignal.timeout(answerTimeoutMs)
        const either = signal ? AbortSignal.any([signal, limit]) : limit
        const response = await send(String(address), { ...init, signal: either })
        if (response.ok) return response
        const error = await refusalOf(response, { model, endpoint, token })
        const waitMs = waitBefore(error, attempt)
        if (waitMs === null || attempt === ATTEMPTS) throw error
        await pause(waitMs, signal)
      }
    }
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

  return {
    endpoint,
    fetch: hubFetch,
    async commitOf(revision, signal) {
      if (isCommit(revision)) return revision
      const { modelInfo } = await import('@huggingface/hub')
      const about = { name: model, revision, additionalFields: ['sha' as const], hubUrl: endpoint }
      const { sha } = await ask(signal, (asking) => modelInfo({ ...about, fetch: asking }))
      if (isCommit(String(sha))) return String(sha)
      throw unreachable('an answer without a commit', sha)
    },
    filesAt: (commit, signal) => ask(signal, (asking) => listFilesAt({ model, endpoint, commit, fetch: asking })),
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

interface Asked {
  readonly model: string
  readonly endpoint: string
  readonly token: string | null
}

/** 401, 403 and 404 told apart, by the header in which the Hub says what it means. */
async function refusalOf(response: Response, { model, endpoint, token }: Asked): Promise<SpaceError> {
  const { status, headers, url } = response
  const said = (await response.text().catch(() => '')).slice(0, 500)
  const cause = new Refusal(`${status} from ${url}: ${headers.get('x-error-message') ?? said}`, status, headers)
  const missing = (reason: string) => new SpaceError('model-missing', { model, reason }, { cause })
  const denied = (reason: string, hint: string) => new SpaceError('hub-denied', { model, reason, hint }, { cause })
  switch (headers.get('x-error-code')) {
    case 'EntryNotFound':
      return new SpaceError('model-file-missing', { model, file: fileOf(url) }, { cause })
    case 'RevisionNotFound':
      return missing(`${endpoint} has no such revision of it`)
    case 'GatedRepo':
      return denied(
        'its authors ask for an agreement first',
        `Open ${endpoint}/${model}, agree there, and set HF_TOKEN to a token of that account.`,
      )
  }
  if (status === 401 && !token) {
    return denied(
      `${endpoint} has no public model of this name`,
      'Check the spelling; for a private model set HF_TOKEN to a token that may read it.',
    )
  }
  if (status === 401) {
    return denied(
      `${endpoint} knows no such model, or does not accept the token`,
      'Check the spelling, and that HF_TOKEN is valid and may read this model.',
    )
  }
  if (status === 403) {
    const why = headers.get('x-error-message') ?? sentenceIn(said)
    return denied(
      `${endpoint} forbids it to this account${why && ` (“${why}”)`}`,
      'Use a token with the right to do this.',
    )
  }
  if (status === 404) return missing(`${endpoint} has no such model`)
  if (status < 500 && ![408, 416, 429].includes(status)) {
    return denied(
      `${endpoint} refuses it (${status}): ${sentenceIn(said) || 'it does not say why'}`,
      'Correct that first.',
    )
  }
  const reason = status === 429 ? `too many requests (429)${inWords(cause.retryAfterMs)}` : `an error (${status})`
  return new SpaceError('hub-unreachable', { model, endpoint, reason }, { cause })
}

const inWords = (waitMs: number | null) =>
  waitMs === null || waitMs < 1000 ? '' : ` and the wish to wait ${Math.ceil(waitMs / 1000)} s`

/** The Hub answers `{ "error": "…" }`. */
function sentenceIn(body: string): string {
  const said = /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? ''
  return said.replace(/\\(.)/g, '$1').replace(/\.$/, '').slice(0, 200)
}

function fileOf(url: string): string {
  const { pathname } = new URL(url)
  return decodeURIComponent(pathname.replace(/^.*\/resolve\/[^/]+\//, ''))
}

/** What lies under the `fetch failed` of undici. */
export function whyNot(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host'
    if (code === 'ECONNREFUSED') return 'a refused connection'
    if (code) return `a broken connection (${code})`
  }
  return error instanceof Error ? error.message : String(error)
}
