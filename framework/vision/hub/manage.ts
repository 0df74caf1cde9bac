/** What is in the cache, and how to get it in and out. */

import { randomUUID } from 'node:crypto'
import { lstat, readdir, readlink, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SpaceError } from '#core/errors.ts'
import {
  blobOf,
  type CachedRepo,
  cachedRepo,
  cachedRepos,
  filesIn,
  INCOMPLETE,
  isCommit,
  readRef,
  readRefs,
  readTree,
  sizeOf,
  snapshotFiles,
  snapshotOf,
} from './cache.ts'
import { readEnvironment } from './environment.ts'
import type { ResolveOptions } from './options.ts'
import { isRepoId, type ResolvedModel, resolveFromHub } from './resolve.ts'

/** A version of a model in the cache. */
export interface CachedRevision {
  readonly commit: string
  /** Branches and tags that pointed here when they were last asked for. */
  readonly refs: readonly string[]
  /** Paths of the files that are there. */
  readonly files: readonly string[]
}

export interface CachedModel {
  readonly id: string
  readonly folder: string
  readonly revisions: readonly CachedRevision[]
  /** Bytes on disk; what two revisions share counts once. */
  readonly byteLength: number
  /** Bytes of downloads that were cut and can be taken up again. */
  readonly incompleteBytes: number
  readonly changedAt: Date
}

/** Models in the cache, by name; also those that Python put there. */
export async function listModels(): Promise<CachedModel[]> {
  const repos = await cachedRepos(readEnvironment().cacheFolder)
  const models = await Promise.all(repos.map(readModel))
  return models.sort((a, b) => (a.id < b.id ? -1 : 1))
}

async function readModel(repo: CachedRepo): Promise<CachedModel> {
  const refs = await readRefs(repo)
  const revisions: CachedRevision[] = []
  for (const commit of await commitsOf(repo)) {
    const names = [...refs].filter(([, target]) => target === commit).map(([name]) => name)
    revisions.push({ commit, refs: names, files: await snapshotFiles(repo, commit) })
  }
  const blobs = await filesIn(join(repo.folder, 'blobs'))
  const partial = blobs.filter((name) => name.endsWith('.incomplete'))
  const whole = blobs.filter((name) => !name.endsWith('.incomplete'))
  const [byteLength, incompleteBytes] = await Promise.all([sumOf(repo, whole), sumOf(repo, partial)])
  const { mtime } = await stat(repo.folder)
  const own = await copiesIn(join(repo.folder, 'snapshots'))
  return {
    id: repo.id,
    folder: repo.folder,
    revisions,
    byteLength: byteLength + own,
    incompleteBytes,
    changedAt: mtime,
  }
}

async function commitsOf(repo: CachedRepo): Promise<string[]> {
  const names = await readdir(join(repo.folder, 'snapshots')).catch(() => [])
  return names.filter(isCommit)
}

async function sumOf(repo: CachedRepo, blobs: readonly string[]): Promise<number> {
  const sizes = await Promise.all(blobs.map((name) => sizeOf(blobOf(repo, name))))
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}

/** Bytes of snapshot files that are neither links nor second names of a blob: where symbolic links were refused. */
async function copiesIn(folder: string): Promise<number> {
  let sum = 0
  for (const file of await filesIn(folder)) {
    const facts = await lstat(join(folder, file))
    if (facts.isFile() && facts.nlink === 1) sum += facts.size
  }
  return sum
}

/** Fetches a model into the cache before it is needed. @throws SpaceError as `resolveModel` */
export async function fetchModel(
  id: string,
  options: ResolveOptions = {},
): Promise<ResolvedModel & { commit: string }> {
  const { folder, commit } = await resolveFromHub(id, options)
  return { folder, commit: commit as string }
}

export interface RemoveOptions {
  /** Branch, tag or commit; everything of the model where it is left out. */
  readonly revision?: string
  /** Takes nothing away and says what would be freed. Default false. */
  readonly dryRun?: boolean
}

/**
 * Takes a model out of the cache, or one revision of it with the bytes that no other one shares.
 * @returns how many bytes became free.
 * @throws SpaceError `model-missing` where the cache has no such model or revision.
 */
export async function removeModel(id: string, options: RemoveOptions = {}): Promise<{ freedBytes: number }> {
  const { revision, dryRun = false } = options
  const repo = await existing(id)
  const model = await readModel(repo)
  const commit = revision === undefined ? null : await commitOf(repo, revision)
  const kept = commit === null ? [] : model.revisions.filter((other) => other.commit !== commit)
  if (kept.length === 0) {
    if (!dryRun) await removeAll(repo)
    return { freedBytes: model.byteLength + model.incompleteBytes }
  }
  return removeCommits(repo, commit === null ? [] : [commit], dryRun)
}

/**
 * Takes revisions out of the cache that no branch or tag points to any more: what a branch was before its last commit.
 * The only revision of a model stays.
 * @returns the commits, and how many bytes became free.
 * @throws SpaceError `model-missing`
 */
export async function pruneModel(
  id: string,
  { dryRun = false }: Pick<RemoveOptions, 'dryRun'> = {},
): Promise<{ commits: string[]; freedBytes: number }> {
  const repo = await existing(id)
  const { revisions } = await readModel(repo)
  const old = revisions.filter(({ refs }) => refs.length === 0)
  const commits = old.length === revisions.length ? [] : old.map(({ commit }) => commit)
  return { commits, ...(commits.length === 0 ? { freedBytes: 0 } : await removeCommits(repo, commits, dryRun)) }
}

async function existing(id: string): Promise<CachedRepo> {
  const repo = cachedRepo(readEnvironment().cacheFolder, id)
  if (isRepoId(id) && (await stat(repo.folder).catch(() => null))) return repo
  throw new SpaceError('model-missing', { model: id, reason: 'it is not in the cache' })
}

async function commitOf(repo: CachedRepo, revision: string): Promise<string> {
  const commit = await readRef(repo, revision)
  if (commit && (await commitsOf(repo)).includes(commit)) return commit
  const reason = `revision “${revision}” of it is not in the cache`
  throw new SpaceError('model-missing', { model: repo.id, reason })
}

/** First out of sight, so that nobody meets a model of which half is gone. */
async function removeAll(repo: CachedRepo): Promise<void> {
  const aside = join(dirname(repo.folder), `.removed-${randomUUID()}`)
  await rename(repo.folder, aside)
  await rm(aside, { recursive: true, force: true })
  await rm(repo.locks, { recursive: true, force: true })
}

async function removeCommits(repo: CachedRepo, commits: readonly string[], dryRun: boolean) {
  const kept = await sharedBlobs(repo, commits)
  const blobs = (await filesIn(join(repo.folder, 'blobs'))).filter((name) => !kept.has(name.replace(INCOMPLETE, '')))
  let freedBytes = await sumOf(repo, blobs)
  for (const commit of commits) freedBytes += await copiesIn(snapshotOf(repo, commit))
  if (dryRun) return { freedBytes }
  for (const commit of commits) {
    await rm(snapshotOf(repo, commit), { recursive: true })
    for (const listing of ['.trees', 'trees']) await rm(join(repo.folder, listing, `${commit}.json`), { force: true })
  }
  for (const [name, target] of await readRefs(repo)) {
    if (commits.includes(target)) await rm(join(repo.folder, 'refs', name))
  }
  for (const name of blobs) await rm(blobOf(repo, name), { force: true })
  return { freedBytes }
}

/** Blobs that some other snapshot points to, by where its links lead or, for copies, by its listing. */
async function sharedBlobs(repo: CachedRepo, except: readonly string[]): Promise<Set<string>> {
  const kept = new Set<string>()
  for (const commit of await commitsOf(repo)) {
    if (except.includes(commit)) continue
    for (const path of await filesIn(snapshotOf(repo, commit))) {
      const target = await readlink(join(snapshotOf(repo, commit), path)).catch(() => null)
      if (target) kept.add(basename(target))
    }
    for (const { etag } of (await readTree(repo, commit)) ?? []) kept.add(etag)
  }
  return kept
}
