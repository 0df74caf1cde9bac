/** What a commit holds: by the Hub's tree of files, or by its description of the repository where a mirror has no trees. */

import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { RepoFile } from './cache.ts'
import { Refusal } from './refusal.ts'

interface Asked {
  readonly model: string
  readonly endpoint: string
  readonly commit: string
  readonly fetch: typeof fetch
}

/** @throws SpaceError `model-broken` where a name would lead out of the cache, and what `fetch` throws */
export async function listFilesAt(asked: Asked): Promise<RepoFile[]> {
  try {
    return await fromTree(asked)
  } catch (error) {
    if (hasNoTrees(error)) return fromDescription(asked)
    throw error
  }
}

/** The Hub itself says with a code what it misses; a mirror that lacks the whole question does not. */
function hasNoTrees(error: unknown): boolean {
  const cause = isSpaceError(error) ? error.cause : null
  return cause instanceof Refusal && cause.code === null && [404, 405, 501].includes(cause.status)
}

async function fromTree({ model, endpoint, commit, fetch }: Asked): Promise<RepoFile[]> {
  const { listFiles } = await import('@huggingface/hub')
  const repo = { type: 'model' as const, name: model }
  const files: RepoFile[] = []
  for await (const entry of listFiles({ repo, revision: commit, recursive: true, hubUrl: endpoint, fetch })) {
    const { type, path, lfs, size, oid } = entry
    if (type === 'file') files.push(repoFile(model, path, lfs?.size ?? size, lfs?.oid, oid))
  }
  return files
}

/** A file as the description of a repository names it. */
interface Sibling {
  readonly rfilename: string
  readonly size?: number
  readonly blobId?: string
  readonly lfs?: { readonly sha256?: string; readonly size?: number }
}

async function fromDescription({ model, endpoint, commit, fetch }: Asked): Promise<RepoFile[]> {
  const response = await fetch(`${endpoint}/api/models/${model}/revision/${commit}?blobs=true`)
  const { siblings = [] } = (await response.json()) as { siblings?: readonly Sibling[] }
  return siblings.map(({ rfilename, size, blobId, lfs }) =>
    repoFile(model, rfilename, lfs?.size ?? size, lfs?.sha256, blobId),
  )
}

/** Names come from another machine and become paths of this one's disk. */
function repoFile(
  model: string,
  path: string,
  byteLength: number | undefined,
  sha256: string | undefined,
  blobId: string | undefined,
): RepoFile {
  const parts = path.split(/[/\\]/)
  const isSafe = !parts.includes('..') && !parts.includes('') && !/[\0:]/.test(path)
  const etag = sha256 ?? blobId ?? ''
  if (isSafe && byteLength !== undefined && /^[\w-]{4,128}$/.test(etag)) {
    return { path, byteLength, etag, digest: digestOf(etag, sha256 !== undefined) }
  }
  const reason = isSafe ? 'the Hub tells neither its size nor an id' : 'the Hub names it in a way that no file can have'
  throw new SpaceError('model-broken', { model, file: path, reason })
}

/** A mirror may have ids of its own kind: then the size alone can be checked. */
function digestOf(etag: string, isLarge: boolean): RepoFile['digest'] {
  if (isLarge && /^[0-9a-f]{64}$/.test(etag)) return 'sha256'
  return /^[0-9a-f]{40}$/.test(etag) ? 'git' : 'none'
}
