/**
 * The files of all sessions: uploads and answers, in a folder of their own that goes when the server does. A file is
 * named by a reference that is signed for its session: whoever guesses or copies one gets nothing by it.
 */

import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Files, StoredFile } from '#core/component.ts'
import { SpaceError } from '#core/errors.ts'
import type { FileRef } from '#core/schema.ts'
import { describeFile, type FileFacts, safeName } from './file-facts.ts'
import type { Limits } from './limits.ts'
import { Meter } from './meter.ts'
import { inspectPicture } from './pictures.ts'
import type { NamedFile } from './plan.ts'
import { type Signer, token } from './secrets.ts'
import type { Session } from './session.ts'
import { accepts, acceptWords, type Sniffed, sniff } from './sniff.ts'

interface Entry extends StoredFile {
  readonly key: string
  readonly session: Session | null
  readonly width?: number
  readonly height?: number
  /** Jobs that read it: while there is one, it stays. */
  pins: number
}

export interface Upload {
  readonly name: string
  /** What the field takes: `image/*`. */
  readonly accept: string
  /** Where it belongs: `inputs.photo`. */
  readonly path: string
}

export class FileStore {
  readonly #signer: Signer
  readonly #limits: Limits
  /** In the order of use, the one used longest ago first. */
  readonly #entries = new Map<string, Entry>()
  readonly #bytes = new Map<Session, number>()
  #totalBytes = 0
  #folder: Promise<string> | null = null
  #closed = false

  constructor(signer: Signer, limits: Limits) {
    this.#signer = signer
    this.#limits = limits
  }

  /**
   * Streams an upload to disk and checks what it is.
   * @throws SpaceError `file-too-large`, `file-type`, `file-broken`, `image-too-large`
   */
  async receive(session: Session, stream: Readable, upload: Upload): Promise<FileRef> {
    const file = await this.#place()
    const { maxBytes } = this.#limits
    const meter = new Meter(maxBytes, upload.path)
    try {
      await pipeline(stream, meter, createWriteStream(file.path))
      return this.#keep(session, file, await this.#check(file.path, meter, upload))
    } catch (error) {
      await unlink(file.path).catch(() => {})
      throw error
    }
  }

  async #check(path: string, { head, byteLength }: Meter, upload: Upload) {
    const found = sniff(head)
    const name = safeName(upload.name)
    if (!accepts(upload.accept, found.mime)) throw otherKind(upload, found, name)
    const about = { name, mime: found.mime, byteLength }
    if (!found.mime.startsWith('image/')) return about
    return { ...about, ...(await inspectPicture(path, { ...about, path: upload.path }, this.#limits.maxPixels)) }
  }

  async write(
    session: Session,
    bytes: Uint8Array,
    about: { mime: string; name: string; width?: number; height?: number },
  ): Promise<FileRef> {
    const file = await this.#place()
    await writeFile(file.path, bytes)
    return this.#keep(session, file, { ...about, name: safeName(about.name), byteLength: bytes.byteLength })
  }

  /** A copy of a file of the author's: it may be overwritten by the next run while the visitor still looks at this one. */
  async copy(session: Session, source: string, about: { mime?: string; width?: number; height?: number }) {
    const facts = await describeFile(source, about)
    const file = await this.#place()
    await copyFile(source, file.path)
    return this.#keep(session, file, facts)
  }

  /** Opens a file of the author's to everybody, where it stands. Its reference is the same each time. */
  async publish(source: string, about: { mime?: string; width?: number; height?: number } = {}): Promise<FileRef> {
    const facts = await describeFile(source, about)
    const key = `x${this.#signer.sign('public', source)}`
    const entry: Entry = { ...facts, key, path: source, session: null, pins: 0 }
    this.#entries.set(key, entry)
    return this.#ref(entry)
  }

  /** The file that a reference names, if it is this session's or everybody's. */
  find(session: Session | null, id: string): StoredFile | null {
    return this.#entry(session, id)
  }

  /** Keeps the files of these references until the answer is called. Throws `file-gone`. */
  pin(session: Session, files: readonly NamedFile[]): () => void {
    const entries = files.map(({ ref, path }) => this.#entry(session, ref.id) ?? gone(path))
    for (const entry of entries) entry.pins++
    return () => {
      for (const entry of entries.splice(0)) entry.pins--
    }
  }

  /** The files of a session as codecs see them. @param dir - the space's folder. */
  of(session: Session, dir: string): Files {
    return {
      open: async (ref, path) => this.find(session, ref.id) ?? gone(path),
      write: (bytes, about) => this.write(session, bytes, about),
      adopt: (path, about = {}) => this.copy(session, within(dir, path), about),
    }
  }

  /** The author's files as the codecs see them that make up examples. */
  ofAuthor(dir: string): Files {
    return {
      open: async (ref, path) => this.find(null, ref.id) ?? gone(path),
      adopt: (path, about) => this.publish(within(dir, path), about),
      write: async (bytes, about) => {
        const file = await this.#place()
        await writeFile(file.path, bytes)
        return this.publish(file.path, about)
      },
    }
  }

  async forget(sessions: readonly Session[]): Promise<void> {
    const leaving = new Set<Session | null>(sessions)
    const old = [...this.#entries.values()].filter(({ session }) => session !== null && leaving.has(session))
    await Promise.all(old.map((entry) => this.#drop(entry)))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#entries.clear()
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true })
  }

  async #place(): Promise<{ key: string; path: string }> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'spaces-'))
    const folder = await this.#folder
    if (this.#closed) throw new SpaceError('server-closing', {})
    const key = token()
    // Made again where the system cleared its temporary folder under a server that runs for weeks.
    await mkdir(folder, { recursive: true })
    return { key, path: join(folder, key) }
  }

  #keep(session: Session, file: { key: string; path: string }, about: FileFacts): FileRef {
    const entry: Entry = {
      ...about,
      key: `${session.scope === 'link' ? 'l' : 's'}${file.key}`,
      path: file.path,
      session,
      pins: 0,
    }
    this.#entries.set(entry.key, entry)
    const used = (this.#bytes.get(session) ?? 0) + entry.byteLength
    this.#bytes.set(session, used)
    this.#totalBytes += entry.byteLength
    const { maxSessionBytes, maxTotalBytes } = this.#limits
    if (used > maxSessionBytes || this.#totalBytes > maxTotalBytes) this.#makeRoom(session, entry)
    return this.#ref(entry)
  }

  #makeRoom(session: Session, newest: Entry): void {
    const { maxSessionBytes, maxTotalBytes } = this.#limits
    for (const entry of this.#entries.values()) {
      if (entry.session === null || entry.pins > 0 || entry === newest) continue
      // Whoever leaves their cookie behind with every call is another visitor each time: only the whole holds them.
      const isOver = entry.session === session && (this.#bytes.get(session) ?? 0) > maxSessionBytes
      if (isOver || this.#totalBytes > maxTotalBytes) void this.#drop(entry)
    }
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(entry.key)
    if (entry.session) {
      this.#totalBytes -= entry.byteLength
      const left = (this.#bytes.get(entry.session) ?? 0) - entry.byteLength
      if (left > 0) this.#bytes.set(entry.session, left)
      else this.#bytes.delete(entry.session)
    }
    await unlink(entry.path).catch(() => {})
    await Promise.all(THUMBNAIL_WIDTHS.map((width) => unlink(`${entry.path}.${width}`).catch(() => {})))
  }

  #ref({ key, session, mime, name, byteLength, width, height }: Entry): FileRef {
    const id = `${key}.${this.#signer.sign('file', owner(key, session), key)}`
    const size = width !== undefined && height !== undefined ? { width, height } : {}
    return { id, mime, name, byteLength, ...size }
  }

  #entry(session: Session | null, id: string): Entry | null {
    const [key = '', signature = ''] = id.split('.')
    if (!this.#signer.verify(signature, 'file', owner(key, session), key)) return null
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    if (entry.session !== null) {
      this.#entries.delete(key)
      this.#entries.set(key, entry)
    }
    return entry
  }

  /** Where a thumbnail of a file is kept: beside it, or in this store's folder for one of the author's. */
  async thumbnailPath(file: StoredFile, width: number): Promise<string> {
    const entry = file as Entry
    if (entry.session !== null) return `${file.path}.${width}`
    const { mtimeMs, size } = await stat(file.path)
    const { path } = await this.#place()
    return join(path, '..', `${entry.key}-${Math.trunc(mtimeMs)}-${size}.${width}`)
  }
}

export const THUMBNAIL_WIDTHS = [168, 336, 640] as const

/** Whose signature a reference carries: public files and those of a link are anybody's. */
const owner = (key: string, session: Session | null): string => (key.startsWith('s') ? (session?.id ?? '') : '')

function gone(path: string): never {
  throw new SpaceError('file-gone', { path })
}

function otherKind({ accept, path }: Upload, found: Sniffed, name: string): SpaceError {
  return new SpaceError('file-type', { path, expected: acceptWords(accept), got: found.words, name })
}

const within = (dir: string, path: string) => (isAbsolute(path) ? path : resolve(dir, path))
