/** The page of a space, its manifest, and the index of a gallery. */

import type { Hono } from 'hono'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { Host } from '../host.ts'
import {
  answer,
  answerError,
  arrive,
  COMMON_HEADERS,
  type Ctx,
  type Env,
  errorPage,
  isUnchanged,
  pageHeaders,
} from '../http.ts'
import type { DrawnPage, Pages, Theme } from '../pages.ts'
import { readCookie, type Sessions } from '../session.ts'

export interface PageOptions {
  readonly pages: Pages
  readonly sessions: Sessions
  readonly dev: boolean
  readonly gallery: { readonly title: string } | null
  host(c: Ctx): Host
  /** The index: its page, drawn. */
  drawIndex(theme: Theme): Promise<DrawnPage>
}

const THEME_COOKIE = 'spaces-theme'
/** How long the page has to get away before the model is loaded for it. */
const WARM_AFTER_MS = 20
/** How often the page of a space that does not load looks whether it does now. */
const RELOAD_SECONDS = 2

export function pageRoutes(app: Hono<Env>, base: string, options: PageOptions): void {
  app.get(`${base}/`, async (c) => {
    const host = options.host(c)
    try {
      const manifest = await host.manifest()
      const page = await options.pages.space(manifest, themeOf(c), options.gallery?.title ?? null)
      // Loading a model would take the processor from the page that waits for it.
      setTimeout(() => void host.warm(), WARM_AFTER_MS).unref()
      return send(c, page, options)
    } catch (error) {
      return problemPage(host, error, options)
    }
  })
  if (base !== '') {
    app.get(base, (c) => {
      const { slug } = options.host(c)
      return new Response(null, { status: 308, headers: { location: `${encodeURIComponent(slug)}/` } })
    })
  }
  app.get(`${base}/manifest`, async (c) => {
    const host = options.host(c)
    try {
      const headers: Record<string, string> = { ...COMMON_HEADERS, 'cache-control': 'no-cache' }
      // A client from code begins here: what it uploads and what it runs belong to one session.
      const { cookie } = arrive(c, options.sessions)
      if (cookie) headers['set-cookie'] = cookie
      return Response.json(await host.manifest(), { headers })
    } catch (error) {
      if (!isSpaceError(error)) throw error
      return answerError(host.publicProblem(error), error.status)
    }
  })
}

export function indexRoute(app: Hono<Env>, options: PageOptions): void {
  app.get('/', async (c) => send(c, await options.drawIndex(themeOf(c)), options))
}

/** Whatever is asked for that is not there. */
export function unknownRoute(app: Hono<Env>): void {
  app.notFound((c) =>
    answer(c as Ctx, new SpaceError('page-unknown', { path: c.req.path, known: 'a page of this server' })),
  )
}

function problemPage(host: Host, error: unknown, { dev }: PageOptions): Response {
  if (!isSpaceError(error)) throw error
  return errorPage(host.publicProblem(error), error.status, dev ? RELOAD_SECONDS : undefined)
}

function themeOf(c: Ctx): Theme {
  const theme = readCookie(c.req.header('cookie'), THEME_COOKIE)
  return theme === 'light' || theme === 'dark' ? theme : null
}

function send(c: Ctx, page: DrawnPage, { sessions }: PageOptions): Response {
  const { cookie } = arrive(c, sessions)
  const headers: Record<string, string> = { ...pageHeaders(), etag: page.etag, vary: 'cookie, accept-encoding' }
  if (cookie) headers['set-cookie'] = cookie
  if (isUnchanged(c, page.etag)) return new Response(null, { status: 304, headers })
  const compressed = /\bbr\b/.test(c.req.header('accept-encoding') ?? '') ? page.brotli : null
  if (compressed) headers['content-encoding'] = 'br'
  return new Response((compressed ?? page.html) as Uint8Array<ArrayBuffer>, { headers })
}
