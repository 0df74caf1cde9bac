/** What is in the cache, and how to get it in and out. */

import { randomUUID } from 'node:crypto'
import { lstat, readdir, readlink, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
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
  const own = await copiesIn(repo)
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
async function copiesIn(repo: CachedRepo): Promise<number> {
  let sum = 0
  for (const file of await filesIn(join(repo.folder, 'snapshots'))) {
    const facts = await lstat(join(repo.folder, 'snapshots', file))
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

/**
 * Takes a model out of the cache, or one revision of it with the bytes that no other one shares.
 * @returns how many bytes became free.
 * @throws SpaceError `model-missing` where the cache has no such model or revision.
 */
export async function removeModel(id: string, options: { revision?: string } = {}): Promise<{ freedBytes: number }> {
  const repo = cachedRepo(readEnvironment().cacheFolder, id)
  if (!isRepoId(id) || !(await stat(repo.folder).catch(() => null))) {
    throw new SpaceError('model-missing', { model: id, reason: 'it is not in the cache' })
  }
  const before = await readModel(repo)
  const total = before.byteLength + before.incompleteBytes
  const { revision } = options
  if (revision !== undefined) {
    await removeRevision(repo, revision)
    const after = await readModel(repo)
    if (after.revisions.length > 0) return { freedBytes: total - after.byteLength - after.incompleteBytes }
  }
  // First out of sight, so that nobody meets a model of which half is gone.
  const aside = join(readEnvironment().cacheFolder, `.removed-${randomUUID()}`)
  await rename(repo.folder, aside)
  await rm(aside, { recursive: true, force: true })
  await rm(repo.locks, { recursive: true, force: true })
  return { freedBytes: total }
}

async function removeRevision(repo: CachedRepo, revision: string): Promise<void> {
  const commit = await readRef(repo, revision)
  if (!commit || !(await commitsOf(repo)).includes(commit)) {
    throw new SpaceError('model-missing', {
      model: repo.id,
      reason: `revision “${revision}” of it is not in the cache`,
    })
  }
  await rm(snapshotOf(repo, commit), { recursive: true })
  await rm(join(repo.folder, '.trees', `${commit}.json`), { force: true })
  for (const [name, target] of await readRefs(repo)) {
    if (target === commit) await rm(join(repo.folder, 'refs', name))
  }
  const kept = await sharedBlobs(repo)
  for (const name of await filesIn(join(repo.folder, 'blobs'))) {
    if (!kept.has(name.replace(INCOMPLETE, ''))) await rm(blobOf(repo, name), { force: true })
  }
}

/** Blobs that some snapshot still points to, by where its links lead or, for copies, by its listing. */
async function sharedBlobs(repo: CachedRepo): Promise<Set<string>> {
  const kept = new Set<string>()
  for (const commit of await commitsOf(repo)) {
    for (const path of await filesIn(snapshotOf(repo, commit))) {
      const target = await readlink(join(snapshotOf(repo, commit), path)).catch(() => null)
      if (target) kept.add(basename(target))
    }
    for (const { etag } of (await readTree(repo, commit)) ?? []) kept.add(etag)
  }
  return kept
}
