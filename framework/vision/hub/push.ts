/** A model folder onto the Hub, through the Hub's own client: it knows large files, Xet and commits. */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import { filesIn, sizeOf } from './cache.ts'
import { createHubClient } from './client.ts'
import { readEnvironment, readToken } from './environment.ts'
import { Refusal } from './refusal.ts'
import { isRepoId } from './resolve.ts'

export interface PushOptions {
  /** With the right to write; else `HF_TOKEN` or the token file counts. */
  readonly token?: string
  /** Branch, made where it is not there; `main` where it is left out. */
  readonly revision?: string
  /** Title of the commit. */
  readonly message?: string
  /** Whether a repository that is made for this is private. One that is there already stays what it is. */
  readonly private?: boolean
  readonly signal?: AbortSignal
  /** Called when the Hub has taken a large file, and for all others at the end. */
  readonly onProgress?: (sent: { readonly file: string; readonly totalBytes: number }) => void
}

export interface Pushed {
  readonly commit: string
  /** Page of the commit. */
  readonly url: string
  readonly files: readonly string[]
}

/** What a folder holds beside a model: version control, editors' leavings, halves of downloads. */
const LEFT_OUT = /(^|\/)(\.git|\.cache|node_modules|__pycache__|\.DS_Store)(\/|$)|\.incomplete$/

/**
 * Makes one commit with the files of a folder, in a repository that is made where it is not there. Files of the
 * repository that the folder does not have stay.
 *
 * @throws SpaceError `model-missing` where the folder is empty or not there, `hub-denied` without a token that may
 *   write, `hub-unreachable`
 */
export async function pushToHub(folder: string, repo: string, options: PushOptions = {}): Promise<Pushed> {
  const environment = readEnvironment()
  const { endpoint } = environment
  const { signal, onProgress } = options
  const files = await readFolder(folder)
  const client = createHubClient(repo, environment, await tokenFor(repo, options))
  if (environment.offline) {
    throw new SpaceError('hub-unreachable', { model: repo, endpoint, reason: 'HF_HUB_OFFLINE, which forbids it' })
  }
  const { createBranch, createRepo, uploadFiles } = await import('@huggingface/hub')
  const sent = new Set<string>()
  const tell = (file: string) => {
    const totalBytes = files.find(({ path }) => path === file)?.byteLength
    if (totalBytes === undefined || sent.has(file)) return
    sent.add(file)
    onProgress?.({ file, totalBytes })
  }
  // The client would refuse tokens of other hubs, which need not start with `hf_`: ours goes on by `fetch`.
  const common = { repo: { type: 'model' as const, name: repo }, hubUrl: endpoint, accessToken: '' }
  const parts = new Map<string, number>()
  const hubFetch: typeof fetch = async (address, init) => {
    const response = await client.fetch(String(address), { ...init, ...(signal ? { signal } : {}) })
    const { path = '', numParts = 1 } = ((init ?? {}) as { progressHint?: ProgressHint }).progressHint ?? {}
    parts.set(path, (parts.get(path) ?? 0) + 1)
    if (parts.get(path) === numParts) tell(path)
    return response
  }
  const visibility =
    options.private === undefined ? {} : ({ visibility: options.private ? 'private' : 'public' } as const)
  const isNew = await createRepo({ ...common, ...visibility, fetch: hubFetch }).then(() => true, unlessThere)
  const { revision = 'main' } = options
  const isOwnBranch = revision !== 'main' && !revision.startsWith('refs/')
  if (isOwnBranch) await createBranch({ ...common, branch: revision, fetch: hubFetch }).catch(unlessThere)
  const done = await uploadFiles({
    ...common,
    files: files.map(({ path, content }) => ({ path, content })),
    commitTitle: options.message ?? 'Upload model',
    branch: revision,
    useXet: environment.xet,
    fetch: hubFetch,
    ...(signal ? { abortSignal: signal } : {}),
  }).catch((error: unknown) => {
    throw statusOf(error) === 403 && !isNew ? taken(repo, error) : error
  })
  if (!done) throw new SpaceError('hub-unreachable', { model: repo, endpoint, reason: 'an answer without a commit' })
  for (const { path } of files) tell(path)
  return { commit: done.commit.oid, url: done.commit.url, files: files.map(({ path }) => path) }
}

async function readFolder(folder: string) {
  const root = resolveFromFolder(folder)
  const facts = await stat(root).catch(() => null)
  const missing = (reason: string) => new SpaceError('model-missing', { model: folder, reason })
  if (!facts?.isDirectory()) throw missing('there is no such folder')
  const paths = (await filesIn(root)).filter((path) => !LEFT_OUT.test(path))
  if (paths.length === 0) throw missing('the folder has no files')
  const files = paths.map(async (path) => {
    const file = join(root, path)
    return { path, content: pathToFileURL(file), byteLength: (await sizeOf(file)) ?? 0 }
  })
  return Promise.all(files)
}

async function tokenFor(repo: string, { token }: PushOptions): Promise<string> {
  if (!isRepoId(repo) || !repo.includes('/')) {
    throw new SpaceError('model-missing', { model: repo, reason: 'a repository on the Hub is named “owner/name”' })
  }
  const known = token ?? (await readToken())
  if (known) return known
  throw new SpaceError('hub-denied', {
    model: repo,
    reason: 'the Hub takes files only from somebody it knows',
    hint: 'Set HF_TOKEN to a token with the right to write, or pass one as “token”.',
  })
}

/** What the Hub's client says of a request that carries a file, or a part of one. */
interface ProgressHint {
  readonly path?: string
  readonly numParts?: number
}

const statusOf = (error: unknown) =>
  isSpaceError(error) && error.cause instanceof Refusal ? error.cause.status : undefined

/** 409: the repository is there already. */
function unlessThere(error: unknown): false {
  if (statusOf(error) === 409) return false
  throw error
}

const taken = (repo: string, cause: unknown) =>
  new SpaceError(
    'hub-denied',
    {
      model: repo,
      reason: 'a repository of this name is there already, and this account may not write to it',
      hint: 'Choose another name, or use a token with the right to write there.',
    },
    { cause },
  )
