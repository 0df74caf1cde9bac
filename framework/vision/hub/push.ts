/** A model folder onto the Hub, through the Hub's own client: it knows large files, Xet and commits. */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import { filesIn, sizeOf } from './cache.ts'
import { createHubClient, type HubClient } from './client.ts'
import { readEnvironment, readToken } from './environment.ts'
import { persist } from './persist.ts'
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
  const files = await readFolder(folder)
  const client = createHubClient(repo, environment, await tokenFor(repo, options))
  if (environment.offline) {
    throw new SpaceError('hub-unreachable', { model: repo, endpoint, reason: 'HF_HUB_OFFLINE, which forbids it' })
  }
  const { signal, message = 'Upload model', revision = 'main' } = options
  const teller = createTeller(files, options.onProgress)
  const common = {
    repo: { type: 'model' as const, name: repo },
    hubUrl: endpoint,
    fetch: sender(client, teller, signal),
  }
  const isNew = await openRepo(common, client, options)
  const { uploadFiles } = await import('@huggingface/hub')
  const done = await uploadFiles({
    ...common,
    files: files.map(({ path, content }) => ({ path, content })),
    commitTitle: message,
    branch: revision,
    useXet: environment.xet,
    ...(signal ? { abortSignal: signal } : {}),
  }).catch((error: unknown) => {
    if (isSpaceError(error) && statusOf(error) === 403 && !isNew) throw taken(repo, error)
    throw inWords(error, repo, endpoint)
  })
  if (!done) throw new SpaceError('hub-unreachable', { model: repo, endpoint, reason: 'an answer without a commit' })
  for (const { path } of files) teller.tell(path)
  return { commit: done.commit.oid, url: done.commit.url, files: files.map(({ path }) => path) }
}

type Teller = ReturnType<typeof createTeller>

/** Tells of each file once: of one that travels in parts when the last of them is there. */
function createTeller(files: readonly { path: string; byteLength: number }[], onProgress: PushOptions['onProgress']) {
  const waiting = new Map(files.map(({ path, byteLength }) => [path, byteLength]))
  const parts = new Map<string, number>()
  const tell = (file: string) => {
    const totalBytes = waiting.get(file)
    if (waiting.delete(file) && totalBytes !== undefined) onProgress?.({ file, totalBytes })
  }
  return {
    tell,
    tellPart(file: string, count: number) {
      parts.set(file, (parts.get(file) ?? 0) + 1)
      if (parts.get(file) === count) tell(file)
    },
  }
}

/** The Hub's client would refuse tokens of other hubs, which need not start with `hf_`: ours goes on by `fetch`. */
function sender(client: HubClient, teller: Teller, signal: AbortSignal | undefined): typeof fetch {
  return async (address, init) => {
    const send = () => client.fetch(String(address), { ...init, ...(signal ? { signal } : {}) })
    // All of it may be sent twice: of files that are there already, a commit makes nothing new.
    const response = await persist(send, signal)
    const { path = '', numParts = 1 } = ((init ?? {}) as { progressHint?: ProgressHint }).progressHint ?? {}
    teller.tellPart(path, numParts)
    return response
  }
}

/** What a token without the right to make repositories may be answered. */
const FORBIDDEN = [401, 402, 403]

interface Common {
  readonly repo: { readonly type: 'model'; readonly name: string }
  readonly hubUrl: string
  readonly fetch: typeof fetch
}

/** Makes the repository and the branch be there. @returns whether the repository is new */
async function openRepo(common: Common, client: HubClient, options: PushOptions): Promise<boolean> {
  const { createBranch, createRepo } = await import('@huggingface/hub')
  const { private: isPrivate, revision = 'main', signal } = options
  const visibility = isPrivate === undefined ? {} : ({ visibility: isPrivate ? 'private' : 'public' } as const)
  const isThere = async (error: unknown): Promise<false> => {
    if (statusOf(error) === 409) return false
    // Who may not make repositories here may be allowed to write to one that is there.
    const mayBe = FORBIDDEN.includes(statusOf(error) ?? 0)
    if (mayBe && (await client.commitOf('main', signal).catch(() => null))) return false
    throw inWords(error, common.repo.name, common.hubUrl)
  }
  const isNew = await createRepo({ ...common, ...visibility, accessToken: '' }).then(() => true, isThere)
  const isOwnBranch = revision !== 'main' && !revision.startsWith('refs/')
  if (isOwnBranch) await createBranch({ ...common, branch: revision }).catch(unlessThere)
  return isNew
}

/** What the Hub's client itself finds wrong with an answer. */
function inWords(error: unknown, model: string, endpoint: string): unknown {
  if (isSpaceError(error) || !(error instanceof Error) || error.name === 'AbortError') return error
  const reason = error instanceof SyntaxError ? 'a page that is not JSON' : error.message
  return new SpaceError('hub-unreachable', { model, endpoint, reason }, { cause: error })
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
