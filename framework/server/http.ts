/** What all routes share: headers, errors as answers, cookies. */

import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { PublicError, SpaceError } from '#core/errors.ts'
import { escapeHtml } from '#text/markdown.ts'
import type { Session, Sessions } from './session.ts'

export interface Env {
  Bindings: HttpBindings
}
export type Ctx = Context<Env>

/** A page may load scripts from here alone, and styles of elements; it may show what it made itself. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ')

export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

export function answerError(error: PublicError, status: number): Response {
  return Response.json({ error }, { status, headers: { ...COMMON_HEADERS, 'cache-control': 'no-store' } })
}

export function answer(c: Ctx, error: SpaceError): Response {
  const accept = c.req.header('accept') ?? ''
  const wantsPage = c.req.method === 'GET' && accept.includes('text/html')
  return wantsPage ? errorPage(error.toPublic(), error.status) : answerError(error.toPublic(), error.status)
}

/** A page for what is not there or does not load. @param reloadSeconds - looks again by itself. */
export function errorPage(error: PublicError, status: number, reloadSeconds?: number): Response {
  const { title, message, hint, frame } = error
  const refresh = reloadSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${reloadSeconds}">`
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">${refresh}<title>${escapeHtml(title)}</title><style>${ERROR_STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p class="message">${escapeHtml(message)}</p>${
    frame ? `<pre>${escapeHtml(frame)}</pre>` : ''
  }<p>${escapeHtml(hint)}</p></main></body></html>`
  return new Response(html, { status, headers: pageHeaders() })
}

const ERROR_STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:15vh 24px 24px}main{max-width:720px;margin:auto}' +
  'h1{font-size:22px;margin:0 0 12px}.message{white-space:pre-wrap}pre{overflow:auto;padding:16px;border:1px solid #8884;border-radius:8px}'

export function pageHeaders(): Record<string, string> {
  return {
    ...COMMON_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': PAGE_POLICY,
    'permissions-policy': 'camera=(self), microphone=(self)',
  }
}

const isSecure = (c: Ctx) => c.req.header('x-forwarded-proto') === 'https'

/** Who asks; a new visitor is given a cookie with the answer. */
export function arrive(c: Ctx, sessions: Sessions): { id: string; cookie: string | null } {
  return sessions.arrive({ cookie: c.req.header('cookie'), host: c.req.header('host'), secure: isSecure(c) })
}

/** The visitor's session, or null for a call that carries no cookie of ours. */
export function recognize(c: Ctx, sessions: Sessions): Session | null {
  const id = sessions.recognize({ cookie: c.req.header('cookie'), host: c.req.header('host') })
  return id === null ? null : sessions.open(id)
}

/** Whether what the browser has is still right: then 304 is all it needs. */
export function isUnchanged(c: Ctx, etag: string): boolean {
  const known = c.req.header('if-none-match')
  return known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*') ?? false
}
