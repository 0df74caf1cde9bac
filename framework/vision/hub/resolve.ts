/** From the name of a model to a folder with its files: a local folder, the cache, or the Hub. */

import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import {
  blobOf,
  type CachedRepo,
  cachedRepo,
  INCOMPLETE,
  isCommit,
  placeInSnapshot,
  type RepoFile,
  readRef,
  readTree,
  sizeOf,
  snapshotFiles,
  snapshotOf,
  writeRef,
  writeTree,
} from './cache.ts'
import { createHubClient, type HubClient } from './client.ts'
import { guardDisk } from './disk.ts'
import { downloadBlob, type Transfer } from './download.ts'
import { type HubEnvironment, readEnvironment, readToken } from './environment.ts'
import { type Selection, wantedFiles } from './wanted.ts'

export interface ResolveOptions extends Selection {
  /** Branch, tag, `refs/pr/3` or commit; `main` where it is left out. */
  readonly revision?: string | undefined
  /** For private and gated models; else `HF_TOKEN` or the token file counts. */
  readonly token?: string | undefined
  /** `false` uses the cache alone, as `HF_HUB_OFFLINE=1` does. */
  readonly online?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Called once for each file that has to be fetched, so that the total is known, and then as bytes arrive. */
  readonly onProgress?: ((transfer: Transfer) => void) | undefined
}

export interface ResolvedModel {
  /** Absolute path of the folder with the model's files. */
  readonly folder: string
  /** What is pinned; null for a local folder. */
  readonly commit: string | null
}

const AT_ONCE = 4

/**
 * A folder with the files of a model. `id` is a folder (relative to the space's file) or `org/name` on the Hub; a folder
 * of that name comes first. Of a repository only the configuration, the tokenizer and the graphs of `dtype` are fetched,
 * four at a time; what is in the cache is not fetched again, and a commit that is there entirely needs no network.
 *
 * @throws SpaceError `model-missing`, `model-file-missing`, `model-offline`, `model-broken`, `hub-denied`,
 *   `hub-unreachable`, `cache-unwritable`; the signal's reason when it is aborted.
 */
export async function resolveModel(id: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  options.signal?.throwIfAborted()
  const folder = await localFolder(id)
  if (folder !== null) return { folder, commit: null }
  return resolveFromHub(id, options)
}

/** The same for a repository on the Hub, whatever folders there are. */
export async function resolveFromHub(id: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  if (!isRepoId(id)) {
    const reason = 'there is no such folder, and no repository on the Hub can have this name'
    throw new SpaceError('model-missing', { model: id, reason })
  }
  const environment = readEnvironment()
  const repo = cachedRepo(environment.cacheFolder, id)
  const { revision = 'main' } = options
  if (revision.split(/[/\\]/).includes('..')) {
    throw new SpaceError('model-missing', { model: id, reason: `“${revision}” cannot be a revision` })
  }
  const cached = { repo, environment, options, revision }
  const ready = isCommit(revision) ? await fromKnownTree(cached, revision) : null
  if (ready) return ready
  if (environment.offline || options.online === false) return fromCacheAlone(cached, whyOffline(environment))
  return guardDisk(id, () => fromHub(cached))
}

const whyOffline = ({ offline }: HubEnvironment) =>
  offline ? 'HF_HUB_OFFLINE keeps it from the network' : 'it was asked to use the cache alone'

interface Wish {
  readonly repo: CachedRepo
  readonly environment: HubEnvironment
  readonly options: ResolveOptions
  readonly revision: string
}

/** What looks like a path is one; a bare `org/name` is one where such a folder exists, as in Python. */
async function localFolder(id: string): Promise<string | null> {
  const looksLikePath = /^(\.{1,2}([/\\]|$)|~[/\\])/.test(id) || isAbsolute(id)
  const folder = id.startsWith('~') ? join(homedir(), id.slice(1)) : resolveFromFolder(id || '.')
  const facts = id ? await stat(folder).catch(() => null) : null
  if (facts?.isDirectory()) return folder
  if (!looksLikePath) return null
  const reason = facts ? 'this is a file, not a folder' : 'there is no such folder'
  throw new SpaceError('model-missing', { model: id, reason })
}

/** https://huggingface.co/docs/hub/repositories-settings: letters, digits, `-`, `_` and `.`, with an owner before a slash. */
export function isRepoId(id: string): boolean {
  return id.length <= 200 && /^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)?$/.test(id) && !/--|\.\.|\.git$/.test(id)
}

/** @returns null where something that is wanted is not there. @throws SpaceError `model-file-missing` */
async function fromKnownTree({ repo, options }: Wish, commit: string): Promise<ResolvedModel | null> {
  const tree = await readTree(repo, commit)
  if (!tree) return null
  const folder = snapshotOf(repo, commit)
  const files = pick(repo.id, tree, options)
  const sizes = await Promise.all(files.map(({ path }) => sizeOf(join(folder, path))))
  return files.every(({ byteLength }, index) => sizes[index] === byteLength) ? { folder, commit } : null
}

async function fromCacheAlone(wish: Wish, reason: string): Promise<ResolvedModel> {
  const { repo, options, revision } = wish
  const offline = (file: string) => new SpaceError('model-offline', { model: repo.id, file, reason })
  const commit = await readRef(repo, revision)
  if (!commit) throw offline(`revision “${revision}”`)
  const folder = snapshotOf(repo, commit)
  const present = await snapshotFiles(repo, commit)
  // Python's client keeps no listing: then what is there is all that can be known of the repository.
  const tree = (await readTree(repo, commit))?.map(({ path }) => path) ?? present
  const { paths, missing } = wantedFiles(tree, options)
  const absent = missing[0] ?? paths.find((path) => !present.includes(path))
  if (absent !== undefined || paths.length === 0) throw offline(absent ?? 'a model')
  return { folder, commit }
}

async function fromHub(wish: Wish): Promise<ResolvedModel> {
  const { repo, environment, options, revision } = wish
  const client = createHubClient(repo.id, environment, options.token ?? (await readToken()))
  const commit = await client.commitOf(revision, options.signal).catch(async (error: unknown) => {
    if (isSpaceError(error) && error.code === 'hub-unreachable') return fallBack(wish, error)
    throw error
  })
  if (typeof commit !== 'string') return commit
  const ready = await fromKnownTree(wish, commit)
  if (!ready) await fetchAll(wish, client, commit)
  await writeRef(repo, revision, commit)
  return ready ?? { folder: snapshotOf(repo, commit), commit }
}

/** A space goes on with what the cache has while the Hub is away; where that is not enough, the Hub is to blame. */
async function fallBack(wish: Wish, error: SpaceError): Promise<ResolvedModel> {
  return fromCacheAlone(wish, 'the Hub does not answer').catch(() => {
    throw error
  })
}

async function fetchAll({ repo, environment, options }: Wish, client: HubClient, commit: string): Promise<void> {
  const known = await readTree(repo, commit)
  const tree = known ?? (await client.filesAt(commit, options.signal))
  if (!known) await writeTree(repo, commit, tree)
  const folder = snapshotOf(repo, commit)
  const files = pick(repo.id, tree, options)
  const sizes = await Promise.all(files.map(({ path }) => sizeOf(join(folder, path))))
  const absent = files.filter(({ byteLength }, index) => sizes[index] !== byteLength)
  for (const { path: file, byteLength: totalBytes, etag } of absent) {
    const receivedBytes = (await sizeOf(blobOf(repo, etag))) ?? (await sizeOf(blobOf(repo, etag) + INCOMPLETE)) ?? 0
    options.onProgress?.({ file, receivedBytes, totalBytes })
  }
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const download = { stallTimeoutMs: environment.stallTimeoutMs, signal, onProgress: options.onProgress }
  await inTurns(absent, AT_ONCE, failed, async (file) => {
    await downloadBlob(client, repo, commit, file, download)
    await placeInSnapshot(repo, commit, file, environment.symlinks)
  })
}

function pick(model: string, tree: readonly RepoFile[], selection: Selection): RepoFile[] {
  const all = tree.map(({ path }) => path)
  const { paths, missing } = wantedFiles(all, selection)
  const [file] = missing
  if (file !== undefined) {
    const graphs = all.filter((path) => path.endsWith('.onnx'))
    throw new SpaceError('model-file-missing', { model, file, found: graphs.length > 0 ? graphs : all })
  }
  return tree.filter(({ path }) => paths.includes(path))
}

/** Largest first, so that the last one to end is a short one. The first failure stops the others. */
async function inTurns(
  files: readonly RepoFile[],
  atOnce: number,
  failed: AbortController,
  work: (file: RepoFile) => Promise<void>,
): Promise<void> {
  const waiting = [...files].sort((a, b) => b.byteLength - a.byteLength)
  const worker = async () => {
    for (let file = waiting.shift(); file && !failed.signal.aborted; file = waiting.shift()) {
      await work(file).catch((error: unknown) => {
        failed.abort(error)
        throw error
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, files.length) }, worker))
  if (failed.signal.aborted) throw failed.signal.reason
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
