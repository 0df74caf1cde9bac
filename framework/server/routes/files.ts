/** Files up and down. What is kept is named by a signed reference; what is sent is never run as a page. */

import { open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import type { Hono } from 'hono'
import type { StoredFile } from '#core/component.ts'
import { expected, SpaceError } from '#core/errors.ts'
import type { FileRef } from '#core/schema.ts'
import { type FileStore, THUMBNAIL_WIDTHS } from '../files.ts'
import type { Host } from '../host.ts'
import { arrive, COMMON_HEADERS, type Ctx, type Env, isUnchanged, recognize } from '../http.ts'
import type { Limits } from '../limits.ts'
import { makeThumbnail } from '../pictures.ts'
import { parseRange } from '../range.ts'
import { token } from '../secrets.ts'
import type { Sessions } from '../session.ts'
import { isPassive } from '../sniff.ts'

export interface FileOptions {
  readonly files: FileStore
  readonly sessions: Sessions
  readonly limits: Limits
  host(c: Ctx): Host
}

export function fileRoutes(app: Hono<Env>, base: string, options: FileOptions): void {
  app.post(`${base}/files`, (c) => receive(c, options))
  app.get(`${base}/files/:id/:name`, (c) => send(c, options))
}

async function receive(c: Ctx, { files, sessions, limits, host }: FileOptions): Promise<Response> {
  const { plan } = await host(c).engine()
  const name = c.req.query('field') ?? ''
  const field = plan.inputs.find((input) => input.name === name)
  if (field === undefined)
    throw new SpaceError('input-unknown', {
      name,
      known: plan.inputs.filter(({ accept }) => accept).map(({ name }) => name),
    })
  const { path, accept } = field
  if (accept === null) throw expected(path, field.schema.wants, 'a file')
  const declared = Number(c.req.header('content-length'))
  if (declared > limits.maxBytes)
    throw new SpaceError('file-too-large', { path, maxBytes: limits.maxBytes, byteLength: declared })
  const { id, cookie } = arrive(c, sessions)
  const upload = { name: fileName(c.req.header('x-file-name')), accept, path }
  const ref: FileRef = await files.receive(sessions.open(id), c.env.incoming, upload)
  const headers: Record<string, string> = { ...COMMON_HEADERS, 'cache-control': 'no-store' }
  if (cookie) headers['set-cookie'] = cookie
  return Response.json(ref, { status: 201, headers })
}

function fileName(header: string | undefined): string {
  try {
    return decodeURIComponent(header ?? '')
  } catch {
    return header ?? ''
  }
}

async function send(c: Ctx, options: FileOptions): Promise<Response> {
  const { id = '', name = '' } = c.req.param() as Record<string, string>
  const found = options.files.find(recognize(c, options.sessions), id)
  if (found === null) throw new SpaceError('file-gone', { path: name || 'file' })
  const width = Number(c.req.query('thumb'))
  const file = width ? await thumbnail(found, width, options.files) : found
  const facts = await stat(file.path).catch(() => null)
  if (facts === null) throw new SpaceError('file-gone', { path: file.name })
  const etag = `"${facts.size.toString(36)}-${Math.trunc(facts.mtimeMs).toString(36)}"`
  const headers: Record<string, string> = {
    ...COMMON_HEADERS,
    etag,
    'accept-ranges': 'bytes',
    'content-type': file.mime,
    'content-disposition': disposition(file, c.req.query('download') !== undefined),
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    'cross-origin-resource-policy': 'same-origin',
    // A visitor's file never changes; the author's examples may, with the next edit.
    'cache-control': id.startsWith('x') ? 'public, no-cache' : 'private, max-age=86400, immutable',
  }
  if (isUnchanged(c, etag)) return new Response(null, { status: 304, headers })
  return sendRange(c, file, facts.size, etag, headers)
}

async function sendRange(c: Ctx, file: StoredFile, size: number, etag: string, headers: Record<string, string>) {
  const condition = c.req.header('if-range')
  const range = condition === undefined || condition === etag ? parseRange(c.req.header('range'), size) : null
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
  }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const length = end - start + 1
  headers['content-length'] = String(length)
  if (range) headers['content-range'] = `bytes ${start}-${end}/${size}`
  const body = c.req.method === 'HEAD' || length === 0 ? null : await read(file.path, start, length)
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** Files up to this size are sent in one piece. */
const WHOLE_BYTES = 256 * 1024
const CHUNK_BYTES = 64 * 1024

async function read(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer> | ReadableStream> {
  const handle = await open(path)
  if (length <= WHOLE_BYTES) {
    try {
      const bytes = new Uint8Array(length)
      await handle.read(bytes, 0, length, start)
      return bytes
    } finally {
      await handle.close()
    }
  }
  let at = start
  const end = start + length
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const wanted = Math.min(CHUNK_BYTES, end - at)
      const { bytesRead, buffer } = await handle.read(new Uint8Array(wanted), 0, wanted, at)
      if (bytesRead === 0) throw new Error('The file became shorter while it was sent.')
      at += bytesRead
      controller.enqueue(buffer.subarray(0, bytesRead))
      if (at < end) return
      controller.close()
      await handle.close()
    },
    cancel: () => handle.close(),
  })
}

/** A picture no wider than one of the known widths; made once and kept beside the file. */
async function thumbnail(file: StoredFile, width: number, files: FileStore): Promise<StoredFile> {
  if (!file.mime.startsWith('image/') || !(THUMBNAIL_WIDTHS as readonly number[]).includes(width))
    throw expected('thumb', `one of ${THUMBNAIL_WIDTHS.join(', ')}, for a picture`, width)
  const path = await files.thumbnailPath(file, width)
  const small = { ...file, path, mime: 'image/webp', name: `${file.name.replace(/\.\w+$/, '')}-${width}.webp` }
  const kept = await stat(path).catch(() => null)
  if (kept) return small
  const bytes = await makeThumbnail(file.path, width)
  // Two visitors may ask at once: neither may be sent half a file.
  const temporary = `${path}.${token(6)}`
  await writeFile(temporary, bytes)
  await rename(temporary, path)
  return small
}

/** RFC 6266: a plain name for everybody, and the real one as RFC 5987 writes it. */
export function disposition({ mime, name }: { mime: string; name: string }, download: boolean): string {
  const kind = download || !isPassive(mime) ? 'attachment' : 'inline'
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const exact = encodeURIComponent(wellFormed(name)).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`
}

/** Half of a surrogate pair cannot be written as UTF-8. */
const wellFormed = (text: string) => Buffer.from(text).toString()

/** A file as a data URL, for answers that carry their media. */
export async function toDataUrl(file: StoredFile): Promise<string> {
  const bytes = await readFile(file.path)
  return `data:${file.mime};base64,${bytes.toString('base64')}`
}
