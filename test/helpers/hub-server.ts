// A small Hub on the loopback: what a client of the Hub meets, in the Hub's own words (addresses, headers, error codes).
// Large files redirect to a second server on another port, as they do to the content network of the real one. Connections
// can be held and cut, answers spoiled, and everything that was asked for and sent is on record.

import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createTraffic, type HubRequest, type Traffic } from './hub-traffic.ts'
import { json, read, refuse, start } from './loopback.ts'

export const READER = 'hf_reader'
export const WRITER = 'hf_writer'

export interface RepoOptions {
  /** Seen with a token only. */
  readonly private?: boolean
  /** Given out to nobody but the writer. */
  readonly gated?: boolean
  /** Branch or tag that gets the commit. */
  readonly revision?: string
}

interface Repo {
  readonly options: RepoOptions
  readonly refs: Map<string, string>
  readonly commits: Map<string, Map<string, Buffer>>
}

export interface HubServer extends Traffic, AsyncDisposable {
  readonly url: string
  /** Adds a commit with exactly these files. @returns its id. */
  add(id: string, files: Readonly<Record<string, string | Uint8Array>>, options?: RepoOptions): string
  /** The files of a branch, as text. */
  read(id: string, revision?: string): Record<string, string>
  /** Gives a repository another name; the old one leads there. */
  rename(from: string, to: string): void
  /** Entries in one page of a listing. */
  pageSize: number
  /** Whether small files are answered with a redirect within the Hub, as the real one does from its cache. */
  redirectsSmallFiles: boolean
  /** Whether there is a listing of files, which some mirrors lack. */
  knowsTrees: boolean
  /** What a mirror gives a small file for an id, in place of git's. */
  idOf: ((path: string) => string) | null
  /** How large files are taken: whole, in parts, or in chunks over a store of its own. */
  transfer: 'basic' | 'multipart' | 'xet'
}

/** The folder that the Hub lies in where it is a mirror behind somebody's proxy. */
export interface HubOptions {
  readonly basePath?: string
}

const PART_BYTES = 100_000
const STORE_KEY = 'Bearer xet_write'

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
export const gitBlobId = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
export const isLarge = (path: string, bytes: Uint8Array) => /\.onnx(_data.*)?$/.test(path) || bytes.byteLength > 100_000

export async function openHub({ basePath = '' }: HubOptions = {}): Promise<HubServer> {
  const repos = new Map<string, Repo>()
  const renamed = new Map<string, string>()
  const parts = new Map<string, Buffer[]>()
  const objects = new Map<string, Buffer>()
  /** Ids of what went to the store in chunks. */
  const stored = new Set<string>()
  const traffic = createTraffic()

  const hub = await start((request, response) => {
    const entry = traffic.record('hub', request)
    const failure = traffic.failureFor(entry.path)
    if (failure) return void refuse(response.setHeaders(failure.headers), failure.status, null, 'The test wants it so')
    if (!entry.path.startsWith(`${basePath}/`)) return refuse(response, 404, null, 'Nothing here')
    return answer(entry, request, response)
  })
  const cdn = await start(async (request, response) => {
    const entry = traffic.record('cdn', request)
    const { pathname, searchParams } = new URL(entry.path, cdn.url)
    const oid = pathname.split('/').at(-1) ?? ''
    if (pathname.startsWith('/store/')) return storeChunks(request, response)
    if (entry.authorization) return refuse(response, 400, null, 'Only one auth mechanism allowed')
    if (pathname.startsWith('/parts/')) return takePart(request, response, oid, Number(searchParams.get('part')))
    if (request.method === 'PUT') {
      const body = await read(request)
      if (sha256(body) !== oid) return refuse(response, 400, null, 'The bytes are not those of the id')
      objects.set(oid, body)
      return void response.writeHead(200).end()
    }
    const bytes = objects.get(oid)
    if (!bytes) return refuse(response, 404, null, 'No such object')
    return traffic.send(entry, request, response, searchParams.get('file') ?? '', bytes, { etag: `"${oid}"` })
  })

  async function answer(entry: HubRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(entry.path, hub.url)
    const pathname = url.pathname.slice(basePath.length)
    if (pathname === '/api/repos/create') return create(request, response)
    const api = /^\/api\/models\/(.+?)\/(revision|tree|preupload|commit|branch|xet-write-token)\/([^/]+)$/.exec(
      pathname,
    )
    const cached = /^\/api\/resolve-cache\/models\/(.+?)\/([0-9a-f]{40})\/(.+)$/.exec(pathname)
    const resolve = /^\/(?!api\/)(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(pathname) ?? cached
    const batch = /^\/(.+?)\.git\/info\/lfs\/objects\/(batch|complete)$/.exec(pathname)
    const id = (api ?? resolve ?? batch)?.[1] ?? ''
    const now = renamed.get(id)
    if (now) return void response.writeHead(307, { location: url.href.replace(id, now) }).end()
    const repo = admit(id, request, response)
    if (!repo) return
    if (batch?.[2] === 'complete') return completeParts(request, response)
    if (batch) return lfsBatch(request, response, `${hub.url}${basePath}/${id}`)
    const revision = decodeURIComponent((api?.[3] ?? resolve?.[2]) as string)
    if (api?.[2] === 'branch') return branch(request, response, repo, revision)
    const commit = repo.refs.get(revision) ?? revision
    const files = repo.commits.get(commit)
    if (!files) return refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`)
    if (resolve) {
      const path = decodeURIComponent(resolve[3] as string)
      const small = files.has(path) && !isLarge(path, files.get(path) as Buffer)
      const location = `${basePath}/api/resolve-cache/models/${id}/${commit}/${encodeURIComponent(path)}`
      if (small && server.redirectsSmallFiles && !cached) {
        return void response.writeHead(307, { location, 'x-repo-commit': commit }).end()
      }
      return resolveFile(entry, request, response, commit, files, path)
    }
    const facts = { ...infoOf(id, repo), sha: commit }
    if (api?.[2] === 'revision') {
      return json(response, url.searchParams.has('blobs') ? { ...facts, siblings: siblings(files) } : facts)
    }
    if (api?.[2] === 'tree' && !server.knowsTrees) return refuse(response, 404, null, 'Not found')
    if (api?.[2] === 'tree') return tree(response, url, files)
    if (!mayWrite(request)) return refuse(response, 403, null, 'Your token may not write here')
    if (api?.[2] === 'preupload') return preupload(request, response)
    return commitFiles(request, response, repo, revision)
  }

  /** Who does not get to see a repository is told that there is none. */
  function admit(id: string, request: IncomingMessage, response: ServerResponse): Repo | null {
    const token = tokenOf(request)
    const repo = repos.get(id)
    if (token !== null && token !== READER && token !== WRITER) {
      refuse(response, 401, null, 'Invalid credentials in Authorization header')
    } else if (!repo || (repo.options.private && token === null)) {
      refuse(response, token === null ? 401 : 404, 'RepoNotFound', 'Repository not found')
    } else if (repo.options.gated && token !== WRITER) {
      refuse(response, token === null ? 401 : 403, 'GatedRepo', `Access to model ${id} is restricted`)
    } else {
      return repo
    }
    return null
  }

  function resolveFile(
    entry: HubRequest,
    request: IncomingMessage,
    response: ServerResponse,
    commit: string,
    files: Map<string, Buffer>,
    path: string,
  ): Promise<void> | void {
    const bytes = files.get(path)
    response.setHeader('x-repo-commit', commit)
    if (!bytes) return refuse(response, 404, 'EntryNotFound', `Entry not found: ${path}`)
    if (!isLarge(path, bytes))
      return traffic.send(entry, request, response, path, bytes, { etag: `"${gitBlobId(bytes)}"` })
    const oid = sha256(bytes)
    objects.set(oid, bytes)
    const location = `${cdn.url}/repos/${oid}?file=${encodeURIComponent(path)}&signature=${randomUUID()}`
    const linked = { 'x-linked-etag': `"${oid}"`, 'x-linked-size': bytes.byteLength, 'x-xet-hash': sha256(bytes) }
    const xet = `<${hub.url}${basePath}/api/models/x/xet-read-token/${commit}>; rel="xet-auth"`
    response.writeHead(302, { location, ...linked, link: xet }).end()
  }

  function tree(response: ServerResponse, url: URL, files: Map<string, Buffer>): void {
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const all = [...files].map(([path, bytes]) => {
      const lfs = isLarge(path, bytes) ? { oid: sha256(bytes), size: bytes.byteLength, pointerSize: 130 } : null
      return {
        type: 'file',
        oid: server.idOf?.(path) ?? gitBlobId(lfs ? Buffer.from(lfs.oid) : bytes),
        size: bytes.byteLength,
        path,
        ...(lfs ? { lfs, xetHash: sha256(bytes) } : {}),
      }
    })
    const folders = new Set(
      all.filter(({ path }) => path.includes('/')).map(({ path }) => path.split('/')[0] as string),
    )
    const entries = [...[...folders].map((path) => ({ type: 'directory', oid: '0'.repeat(40), size: 0, path })), ...all]
    const next = from + server.pageSize
    if (next < entries.length) {
      url.searchParams.set('cursor', String(next))
      response.setHeader('link', `<${url.href}>; rel="next"`)
    }
    json(response, entries.slice(from, next))
  }

  function siblings(files: Map<string, Buffer>) {
    return [...files].map(([rfilename, bytes]) => ({
      rfilename,
      size: bytes.byteLength,
      blobId: server.idOf?.(rfilename) ?? gitBlobId(bytes),
      ...(isLarge(rfilename, bytes)
        ? { lfs: { sha256: sha256(bytes), size: bytes.byteLength, pointerSize: 130 } }
        : {}),
    }))
  }

  async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (tokenOf(request) !== WRITER) return refuse(response, 403, null, 'Your token may not write here')
    const { organization, name, visibility } = JSON.parse((await read(request)).toString()) as Record<string, string>
    const id = `${organization}/${name}`
    if (repos.has(id)) return refuse(response, 409, null, 'You already created this model repo')
    server.add(id, { '.gitattributes': '*.onnx filter=lfs\n' }, { private: visibility === 'private' })
    json(response, { url: `${hub.url}${basePath}/${id}`, id, name: id })
  }

  function branch(request: IncomingMessage, response: ServerResponse, repo: Repo, name: string): void {
    const main = repo.refs.get('main') as string
    if (!mayWrite(request)) refuse(response, 403, null, 'Your token may not write here')
    else if (repo.refs.has(name)) refuse(response, 409, null, 'Reference already exists')
    else json(response, { commit: repo.refs.set(name, main) && main })
  }

  async function preupload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { files } = JSON.parse((await read(request)).toString()) as { files: { path: string; size: number }[] }
    const mode = ({ path, size }: { path: string; size: number }) =>
      isLarge(path, { byteLength: size } as Buffer) ? 'lfs' : 'regular'
    json(response, { files: files.map((file) => ({ path: file.path, uploadMode: mode(file) })) })
  }

  async function lfsBatch(request: IncomingMessage, response: ServerResponse, repo: string): Promise<void> {
    const asked = JSON.parse((await read(request)).toString()) as {
      objects: { oid: string; size: number }[]
      transfers: string[]
    }
    const transfer = asked.transfers.includes(server.transfer) ? server.transfer : 'basic'
    const uploads = asked.objects.map(({ oid, size }) => {
      if (objects.has(oid)) return { oid, size }
      return { oid, size, authenticated: true, actions: { upload: uploadOf(oid, size, transfer, repo) } }
    })
    json(response, { transfer, objects: uploads })
  }

  function uploadOf(oid: string, size: number, transfer: HubServer['transfer'], repo: string) {
    if (transfer === 'xet') {
      stored.add(oid)
      const header = {
        'X-Xet-Cas-Url': `${cdn.url}/store`,
        'X-Xet-Access-Token': STORE_KEY.replace('Bearer ', ''),
        'X-Xet-Token-Expiration': '4000000000',
        'X-Xet-Session-Id': randomUUID(),
      }
      return { href: `${repo.replace(hub.url, `${hub.url}/api/models`)}/xet-write-token/main`, header }
    }
    if (transfer === 'basic' || size <= PART_BYTES) return { href: `${cdn.url}/upload/${oid}` }
    const count = Math.ceil(size / PART_BYTES)
    const addresses = Array.from({ length: count }, (_, index) => [
      String(index + 1).padStart(5, '0'),
      `${cdn.url}/parts/${oid}?part=${index + 1}`,
    ])
    const href = `${repo}.git/info/lfs/objects/complete`
    return { href, header: { chunk_size: String(PART_BYTES), ...Object.fromEntries(addresses) } }
  }

  async function takePart(request: IncomingMessage, response: ServerResponse, oid: string, number: number) {
    const taken = parts.get(oid) ?? []
    taken[number - 1] = await read(request)
    parts.set(oid, taken)
    response.writeHead(200, { etag: `"${oid.slice(0, 8)}-${number}"` }).end()
  }

  async function completeParts(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { oid, parts: named } = JSON.parse((await read(request)).toString()) as {
      oid: string
      parts: { partNumber: number; etag: string }[]
    }
    const known = named.every(({ partNumber, etag }) => etag === `"${oid.slice(0, 8)}-${partNumber}"`)
    const whole = Buffer.concat(parts.get(oid) ?? [])
    if (!known || sha256(whole) !== oid) return refuse(response, 400, null, 'The parts are not those of the id')
    objects.set(oid, whole)
    json(response, { success: true })
  }

  /** Chunks of the content-addressed store are counted and thrown away: what they hold is not looked at. */
  async function storeChunks(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== STORE_KEY) return refuse(response, 401, null, 'This key opens nothing here')
    if (request.method === 'GET') return refuse(response, 404, null, 'This chunk is new')
    await read(request)
    json(response, { was_inserted: true, result: 1 })
  }

  async function commitFiles(request: IncomingMessage, response: ServerResponse, repo: Repo, revision: string) {
    const files = new Map(repo.commits.get(repo.refs.get(revision) ?? revision))
    for (const line of (await read(request)).toString().split('\n')) {
      const { key, value } = JSON.parse(line) as { key: string; value: { path: string; content: string; oid: string } }
      if (key === 'file') files.set(value.path, Buffer.from(value.content, 'base64'))
      if (key !== 'lfsFile') continue
      const bytes = objects.get(value.oid) ?? (stored.has(value.oid) ? Buffer.from(value.oid) : null)
      if (!bytes) return refuse(response, 400, null, `LFS object ${value.oid} was not uploaded`)
      files.set(value.path, bytes)
    }
    const commit = commitId(files)
    repo.commits.set(commit, files)
    repo.refs.set(revision, commit)
    json(response, { success: true, commitOid: commit, commitUrl: `${hub.url}/commit/${commit}`, hookOutput: '' })
  }

  const server: HubServer = Object.assign(traffic, {
    url: `${hub.url}${basePath}`,
    pageSize: 1000,
    redirectsSmallFiles: false,
    knowsTrees: true,
    idOf: null as HubServer['idOf'],
    transfer: 'basic' as HubServer['transfer'],
    rename(from: string, to: string) {
      repos.set(to, repos.get(from) as Repo)
      repos.delete(from)
      renamed.set(from, to)
    },
    add(id: string, given: Readonly<Record<string, string | Uint8Array>>, options: RepoOptions = {}) {
      const repo = repos.get(id) ?? { options, refs: new Map(), commits: new Map() }
      const files = new Map(Object.entries(given).map(([path, content]) => [path, Buffer.from(content)]))
      const commit = commitId(files)
      repo.commits.set(commit, files)
      repo.refs.set(options.revision ?? 'main', commit)
      repos.set(id, repo)
      return commit
    },
    read(id: string, revision = 'main') {
      const repo = repos.get(id)
      const files = repo?.commits.get(repo.refs.get(revision) ?? '')
      return Object.fromEntries([...(files ?? [])].map(([path, bytes]) => [path, bytes.toString()]))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([hub.close(), cdn.close()])
    },
  })
  return server
}

function infoOf(id: string, { options }: Repo) {
  const { private: isPrivate = false, gated = false } = options
  const counts = { downloads: 0, likes: 0, lastModified: '2026-01-01T00:00:00.000Z' }
  return { _id: sha256(Buffer.from(id)).slice(0, 24), id, private: isPrivate, gated, ...counts }
}

function commitId(files: Map<string, Buffer>): string {
  const hash = createHash('sha1')
  for (const [path, bytes] of files) hash.update(path).update(bytes)
  return hash.digest('hex')
}

const tokenOf = ({ headers }: IncomingMessage) => headers.authorization?.replace(/^Bearer /, '') ?? null
const mayWrite = (request: IncomingMessage) => tokenOf(request) === WRITER
