/** An HTTP answer that refuses something, as a `SpaceError` that says what to do. */

import { SpaceError } from '#core/errors.ts'
import { Refusal } from './refusal.ts'

interface Asked {
  readonly model: string
  readonly endpoint: string
  /** Scheme, host and port of the endpoint. */
  readonly origin: string
  readonly token: string | null
}

/** 401, 403 and 404 told apart, by the header in which the Hub says what it means. */
export async function refusalOf(response: Response, asked: Asked): Promise<SpaceError> {
  const { status, headers, url } = response
  const { model, endpoint, token } = asked
  const said = (await response.text().catch(() => '')).slice(0, 500)
  const message = headers.get('x-error-message')
  const isElsewhere = new URL(url || endpoint).origin !== asked.origin
  const cause = new Refusal(`${status} from ${url}: ${message ?? said}`, status, headers, isElsewhere)
  const missing = (reason: string) => new SpaceError('model-missing', { model, reason }, { cause })
  const denied = (reason: string, hint: string) => new SpaceError('hub-denied', { model, reason, hint }, { cause })
  const unreachable = (reason: string) => new SpaceError('hub-unreachable', { model, endpoint, reason }, { cause })
  if (isElsewhere) return unreachable(`an error (${status}) from ${new URL(url).host}, where it keeps its files`)
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
  if (status === 401 && /invalid credentials/i.test(message ?? said)) {
    return denied(
      `${endpoint} does not accept the token`,
      'Set HF_TOKEN to a valid one, or take it away: public models need none.',
    )
  }
  if (status === 401) {
    return denied(
      `${endpoint} knows no such model, or does not accept the token`,
      'Check the spelling, and that HF_TOKEN is valid and may read this model.',
    )
  }
  if (status === 403 && message === null && isPage(headers, said)) {
    return denied(
      `${endpoint} answers with a web page (403)`,
      'Ask whoever runs the proxy on the way to let it through.',
    )
  }
  if (status === 403) {
    const why = (message ?? sentenceIn(said)).replace(/\.$/, '')
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
  return unreachable(status === 429 ? `too many requests (429)${inWords(cause.retryAfterMs)}` : `an error (${status})`)
}

/** A page for people, as a proxy or the login of a network puts in place of what was asked for. */
export const isPage = (headers: Headers, start: string) =>
  /^text\/html\b/.test(headers.get('content-type') ?? '') && /^\s*<(!doctype|html|head|body)\b/i.test(start)

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
