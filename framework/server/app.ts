/** The whole server but its port: spaces, sessions, files, pages and the API, as one thing that can be driven and closed. */

import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { LoadedSpace } from '#core/loaded.ts'
import type { GalleryManifest } from '#core/manifest.ts'
import { ClientAssets } from './assets.ts'
import { toVisitor } from './fault.ts'
import { FileStore } from './files.ts'
import { Host } from './host.ts'
import { answer, answerError, type Ctx, type Env } from './http.ts'
import { LIMITS, type Limits } from './limits.ts'
import { createLog, type Log } from './log.ts'
import { createCard } from './manifest.ts'
import { isAllowedHost, isAllowedOrigin, wrongHost } from './origin.ts'
import { type DrawnPage, Pages, type Theme } from './pages.ts'
import { apiRoutes } from './routes/api.ts'
import { assetRoutes } from './routes/assets.ts'
import { fileRoutes } from './routes/files.ts'
import { type Health, healthRoutes } from './routes/health.ts'
import { indexRoute, pageRoutes, unknownRoute } from './routes/page.ts'
import { createSigner } from './secrets.ts'
import { Sessions } from './session.ts'
import { Sockets } from './socket.ts'

export interface AppOptions {
  /** One with an empty slug, or any number with their own where there is a gallery. */
  readonly spaces: readonly LoadedSpace[]
  /** Null serves the only space at `/`. */
  readonly gallery: { readonly title: string } | null
  /** Visitors are authors: pages show where in the file an error is. Default false. */
  readonly dev?: boolean
  readonly log?: Log
  readonly limits?: Partial<Limits>
  /** Origins of other sites whose pages may call this server, `https://example.org`. */
  readonly allowedOrigins?: readonly string[]
  /** Names beside `localhost` and plain addresses under which it answers. Default null: every name. */
  readonly allowedHosts?: readonly string[] | null
  /** Signs cookies and file references. Default: random, so that both end with the process. */
  readonly secret?: Uint8Array
  /** Folder with the scripts and styles for browsers. Default: that of this package. */
  readonly clientDir?: string
}

export interface App {
  readonly fetch: Hono<Env>['fetch']
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Serves an edited space, or a new one. Open pages are told; running jobs end on the old one. Never rejects; false where it does not load. */
  swap(loaded: LoadedSpace): Promise<boolean>
  /** Shows on open pages that the newest edit does not load. The last good one goes on. */
  fail(slug: string, problem: SpaceError): void
  /** Takes a space out of the gallery. */
  remove(slug: string): void
  /** Does what can wait until the port is open. */
  warm(): void
  health(): Health
  readonly limits: Limits
  readonly log: Log
  /** Refuses what is new, lets running jobs end until `deadline`, tells the others, and lets go of everything. */
  close(deadline: Promise<void>): Promise<void>
}

/** How often files and sessions that nobody needs are looked for. */
const SWEEP_MS = 60_000

export function createApp(options: AppOptions): App {
  const { dev = false, gallery } = options
  const log = options.log ?? createLog()
  const limits: Limits = { ...LIMITS, ...options.limits }
  const signer = createSigner(options.secret)
  const sessions = new Sessions(signer, limits)
  const files = new FileStore(signer, limits)
  const assets = new ClientAssets(options.clientDir)
  const pages = new Pages(assets)
  const allowedOrigins = options.allowedOrigins ?? []
  const allowedHosts = options.allowedHosts ?? null
  const hosts = new Map<string, Host>()
  const startedAt = performance.now()
  let closing = false

  const add = (loaded: LoadedSpace) => {
    const host = new Host(loaded, { files, limits, log, dev })
    hosts.set(loaded.slug, host)
    return host
  }
  for (const loaded of options.spaces) add(loaded)

  const hostOf = (c: Ctx): Host => {
    const slug = c.req.param('slug') ?? ''
    const host = hosts.get(slug)
    if (host) return host
    throw new SpaceError('page-unknown', { path: c.req.path, known: 'a space of this server' })
  }
  const sockets = new Sockets({
    sessions,
    limits,
    log,
    allowedOrigins,
    allowedHosts,
    hostAt: (slug) => hosts.get(slug) ?? null,
  })

  const drawIndex = async (theme: Theme): Promise<DrawnPage> => {
    const list = [...hosts.values()]
    const cards = await Promise.all(
      list.map(async (host) => {
        const manifest = await host.manifest().catch(() => null)
        return createCard({ ...host.loaded, problem: host.problem }, manifest)
      }),
    )
    const manifest: GalleryManifest = { title: gallery?.title ?? 'Spaces', spaces: cards }
    const revision = list
      .map((host) => `${host.slug}:${host.loaded.revision}:${host.problem?.message ?? ''}`)
      .join('\0')
    return pages.gallery(manifest, theme, revision)
  }

  const health = (): Health => {
    const queues = [...hosts.values()].map(({ queue }) => queue)
    return {
      status: closing ? 'closing' : 'ok',
      uptime: Math.round((performance.now() - startedAt) / 100) / 10,
      version: packageVersion(),
      spaces: hosts.size,
      running: queues.reduce((sum, { running }) => sum + running, 0),
      waiting: queues.reduce((sum, { waiting }) => sum + waiting, 0),
    }
  }

  const app = new Hono<Env>({ strict: true })
  app.use(async (c, next) => {
    const { headers } = c.env.incoming
    if (!isAllowedHost(headers, allowedHosts)) throw new SpaceError('not-allowed', { reason: wrongHost(headers.host) })
    if (c.req.method === 'POST' && !isAllowedOrigin(headers, allowedOrigins))
      throw new SpaceError('not-allowed', { reason: 'Pages of another site may not call this server.' })
    await next()
  })
  app.onError((error, c) => {
    if (isSpaceError(error) && error.status < 500) return answer(c, error)
    const broken = [...hosts.values()].find(({ problem }) => problem === error)
    if (broken && isSpaceError(error)) return answerError(broken.publicProblem(error), error.status)
    // Whoever asked has hung up in the middle of the body: nothing went wrong here, and nobody reads the answer.
    if (c.env.incoming.destroyed && !c.env.incoming.complete) return new Response(null, { status: 499 })
    const said = toVisitor(error, log, `${c.req.method} ${c.req.path}`)
    return answerError(said, isSpaceError(error) ? error.status : 500)
  })
  const shared = { files, sessions, limits, pages, dev, gallery, host: hostOf, drawIndex }
  const base = gallery ? '/:slug' : ''
  healthRoutes(app, health)
  assetRoutes(app, assets)
  if (gallery) indexRoute(app, shared)
  apiRoutes(app, base, shared)
  fileRoutes(app, base, shared)
  pageRoutes(app, base, shared)
  unknownRoute(app)

  const sweeping = setInterval(() => void files.forget(sessions.sweep()), SWEEP_MS).unref()

  return {
    fetch: app.fetch,
    upgrade: (request, socket, head) => void sockets.upgrade(request, socket, head),
    async swap(loaded) {
      const host = hosts.get(loaded.slug)
      if (host) return host.swap(loaded)
      add(loaded)
      return true
    },
    fail(slug, problem) {
      const host = hosts.get(slug)
      if (host) host.fail(problem)
      else add({ slug, file: '', dir: '', space: null, problem, setupKey: '', revision: '' })
    },
    remove(slug) {
      const host = hosts.get(slug)
      hosts.delete(slug)
      if (host === undefined) return
      const leaving = host.close(Promise.resolve()).then(() => sockets.leave(host))
      leaving.catch((error: unknown) => log.error(`${slug}: close`, error))
    },
    warm() {
      void sockets.prepare()
      // A gallery's spaces are made ready when somebody opens them: all their models at once may not fit. So is the one
      // that is being written: most edits are made without a run.
      if (!gallery && !dev) for (const host of hosts.values()) void host.warm()
    },
    health,
    limits,
    log,
    async close(deadline) {
      closing = true
      clearInterval(sweeping)
      sockets.announceClosing()
      await Promise.all([...hosts.values()].map((host) => host.close(deadline)))
      await sockets.close()
      await files.close()
    },
  }
}

let version: string | null = null

/** Of this package: its `package.json` is the next one above, in the sources as in the build. */
function packageVersion(): string {
  if (version !== null) return version
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  version = String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version)
  return version
}
