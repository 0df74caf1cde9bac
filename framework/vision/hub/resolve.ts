/** From the name of a model to a folder with its files: a local folder, the cache, or the Hub. */

import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { expected, isSpaceError, SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import { cachedRepo, isCommit, readRef, readTree, snapshotFiles, snapshotOf, writeRef, writeTree } from './cache.ts'
import { absentIn, beside, pick, readAdvice } from './choose.ts'
import { createHubClient, type HubClient } from './client.ts'
import { guardDisk, noted } from './disk.ts'
import { type HubEnvironment, readEnvironment, readToken } from './environment.ts'
import { fetchAll } from './gather.ts'
import type { ResolveOptions, Wish } from './options.ts'
import { wantedFiles } from './wanted.ts'

export interface ResolvedModel {
  /** Absolute path of the folder with the model's files. */
  readonly folder: string
  /** What is pinned; null for a local folder. */
  readonly commit: string | null
}

/**
 * A folder with the files of a model. `id` is a folder (relative to the space's file) or `org/name` on the Hub; a folder
 * of that name comes first. Of a repository only the configuration, the tokenizer and the graphs of `dtype` are fetched,
 * else of the dtype that its `config.json` advises, four at a time; what is in the cache is not fetched again, and a commit that is there entirely needs no network.
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
  checkRepoId(id)
  const environment = readEnvironment()
  const { revision = 'main', cacheFolder = environment.cacheFolder } = options
  const repo = cachedRepo(resolveFromFolder(cacheFolder), id)
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

/** What looks like a path is one; a bare `org/name` is one where such a folder exists, as in Python. */
async function localFolder(id: string): Promise<string | null> {
  if (typeof id !== 'string') checkRepoId(id)
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

/** @throws SpaceError `model-missing` */
export function checkRepoId(id: string): void {
  if (typeof id !== 'string') throw expected('model', 'a folder’s path, or the id of a repository on the Hub', id)
  if (isRepoId(id)) return
  const reason = 'there is no such folder, and no repository on the Hub can have this name'
  throw new SpaceError('model-missing', { model: id, reason })
}

/** @returns null where something that is wanted is not there. @throws SpaceError `model-file-missing` */
async function fromKnownTree({ repo, options }: Wish, commit: string): Promise<ResolvedModel | null> {
  const tree = await readTree(repo, commit)
  if (!tree) return null
  const folder = snapshotOf(repo, commit)
  const files = pick(repo.id, tree, options, await readAdvice(folder, options.device))
  if ((await absentIn(folder, files)).length > 0) return null
  const more = await beside(folder, tree, files)
  return (await absentIn(folder, more)).length === 0 ? { folder, commit } : null
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
  const { paths, missing } = wantedFiles(tree, options, await readAdvice(folder, options.device))
  const absent = missing[0]?.path ?? paths.find((path) => !present.includes(path))
  if (absent !== undefined || paths.length === 0) throw offline(absent ?? 'a model')
  return { folder, commit }
}

async function fromHub(wish: Wish): Promise<ResolvedModel> {
  const { repo, environment, options, revision } = wish
  const client = createHubClient(repo.id, environment, options.token ?? (await readToken()))
  const found = await lookUp(wish, client).catch(async (error: unknown) => {
    if (isSpaceError(error) && error.code === 'hub-unreachable') return fallBack(wish, error)
    throw error
  })
  if ('folder' in found) return found
  const { commit, tree } = found
  const ready = await fromKnownTree(wish, commit)
  if (!ready) await fetchAll(wish, client, commit, tree)
  await noted(() => writeRef(repo, revision, commit))
  return ready ?? { folder: snapshotOf(repo, commit), commit }
}

/** The commit that a revision is, and what it holds: all that has to be asked before the first byte travels. */
async function lookUp({ repo, options, revision }: Wish, client: HubClient) {
  const commit = await client.commitOf(revision, options.signal)
  const known = await readTree(repo, commit)
  const tree = known ?? (await client.filesAt(commit, options.signal))
  if (!known) await noted(() => writeTree(repo, commit, tree))
  return { commit, tree }
}

/** A space goes on with what the cache has while the Hub is away; where that is not enough, the Hub is to blame. */
async function fallBack(wish: Wish, error: SpaceError): Promise<ResolvedModel> {
  return fromCacheAlone(wish, 'the Hub does not answer').catch(() => {
    throw error
  })
}
