/** What the Hub says of a file, in a listing or in the headers of the file itself, as the cache wants to know it. */

import { createHash } from 'node:crypto'
import { SpaceError } from '#core/errors.ts'
import type { RepoFile } from './cache.ts'

/** What a listing tells of a file; mirrors leave out much of it. */
export interface Listed {
  readonly path: string
  readonly byteLength: number | undefined
  /** Of a large file. */
  readonly sha256: string | undefined
  /** The id that git has for it; of a large file that of the pointer in its place. */
  readonly blobId: string | undefined
}

/** A file of which too little is told: its own headers are to be asked. */
export const vague = (path: string): RepoFile => ({ path, byteLength: 0, etag: '', digest: 'none' })

/**
 * What a listing tells of a file, {@link vague} where that is too little.
 * @throws SpaceError `model-broken` where a name would lead out of the cache
 */
export function listedFile(model: string, { path, byteLength, sha256, blobId }: Listed): RepoFile {
  checkName(model, path)
  const etag = sha256?.replace(/^sha256:/, '') ?? blobId ?? ''
  if (byteLength === undefined || !isBlobName(etag)) return vague(path)
  return { path, byteLength, etag, digest: digestOf(etag, sha256 !== undefined) }
}

/**
 * @param answers - headers of the Hub's own answer, and of those that it redirects to within itself
 * @throws SpaceError `model-broken` where they do not tell the size
 */
export function factsOf(model: string, path: string, answers: readonly Headers[]): RepoFile {
  const said = (...names: string[]) =>
    names.flatMap((name) => answers.map((headers) => headers.get(name))).find((value) => value !== null)
  // A redirect has a size and an id of its own, those of its text.
  const last = answers.at(-1)
  const isHere = last?.get('location') === null
  const size = said('x-linked-size') ?? (isHere ? last?.get('content-length') : null)
  const given = said('x-linked-etag') ?? (isHere ? last?.get('etag') : null) ?? ''
  const etag = given.replace(/^W\//, '').replace(/^"|"$/g, '')
  if (!size || !/^\d+$/.test(size)) throw broken(model, path, 'the Hub does not tell its size')
  const name = isBlobName(etag) ? etag : createHash('sha1').update(`${path}\n${size}\n${etag}`).digest('hex')
  return { path, byteLength: Number(size), etag: name, digest: name === etag ? digestOf(etag, true) : 'none' }
}

const isBlobName = (etag: string) => /^[\w-]{4,128}$/.test(etag)

/** Names come from another machine and become paths of this one's disk. */
function checkName(model: string, path: string): void {
  const parts = path.split(/[/\\]/)
  if (!parts.includes('..') && !parts.includes('') && !/[\0:]/.test(path)) return
  throw broken(model, path, 'the Hub names it in a way that no file can have')
}

/** A mirror may have ids of its own kind: then the size alone can be checked. */
function digestOf(etag: string, maySha256: boolean): RepoFile['digest'] {
  if (maySha256 && /^[0-9a-f]{64}$/.test(etag)) return 'sha256'
  return /^[0-9a-f]{40}$/.test(etag) ? 'git' : 'none'
}

const broken = (model: string, file: string, reason: string) => new SpaceError('model-broken', { model, file, reason })
