/**
 * The cache folder as Python's huggingface_hub lays it out, so that both share one copy of a model:
 *
 *     models--org--name/refs/main                        the commit, as text
 *     models--org--name/snapshots/<commit>/onnx/x.onnx   a link to ../../../blobs/<etag>
 *     models--org--name/blobs/<etag>                     sha256 of a large file, git's blob id of a small one
 *
 * Ours beside these: `.trees/<commit>.json`, what the commit holds (a commit never changes, so it is asked for once), and
 * `blobs/<etag>.spaces.incomplete`. Locks are under `.locks`. Everything appears by rename: complete or not at all.
 */

import { randomUUID } from 'node:crypto'
import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/** A file of a repository at a commit. */
export interface RepoFile {
  readonly path: string
  readonly byteLength: number
  /** Name of its blob; empty where the Hub has not told it, nor the size, yet. */
  readonly etag: string
  /** What the etag is: sha256 of the content, the id that git gives it, or nothing that can be checked. */
  readonly digest: 'sha256' | 'git' | 'none'
}

/** The folders and files of one model in the cache. */
export interface CachedRepo {
  readonly id: string
  readonly folder: string
  readonly locks: string
}

export const INCOMPLETE = '.spaces.incomplete'
const PREFIX = 'models--'

export function cachedRepo(cacheFolder: string, id: string): CachedRepo {
  const name = PREFIX + id.split('/').join('--')
  return { id, folder: join(cacheFolder, name), locks: join(cacheFolder, '.locks', name) }
}

/** The repositories that have a folder in the cache, by id. */
export async function cachedRepos(cacheFolder: string): Promise<CachedRepo[]> {
  const names = await namesIn(cacheFolder)
  return names
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => cachedRepo(cacheFolder, name.slice(PREFIX.length).split('--').join('/')))
}

export const snapshotOf = (repo: CachedRepo, commit: string) => join(repo.folder, 'snapshots', commit)
export const blobOf = (repo: CachedRepo, etag: string) => join(repo.folder, 'blobs', etag)
export const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision)

/** The commit that a revision had when it was last fetched; a commit is its own. */
export async function readRef(repo: CachedRepo, revision: string): Promise<string | null> {
  if (isCommit(revision)) return revision
  const commit = (await readText(join(repo.folder, 'refs', revision)))?.trim()
  return commit && isCommit(commit) ? commit : null
}

export async function writeRef(repo: CachedRepo, revision: string, commit: string): Promise<void> {
  if (isCommit(revision) || (await readRef(repo, revision)) === commit) return
  await writeWhole(join(repo.folder, 'refs', revision), commit)
}

/** All refs: revision and commit. */
export async function readRefs(repo: CachedRepo): Promise<Map<string, string>> {
  const refs = new Map<string, string>()
  for (const revision of await filesIn(join(repo.folder, 'refs'))) {
    const commit = await readRef(repo, revision)
    if (commit) refs.set(revision, commit)
  }
  return refs
}

/** What a commit holds, where it has been asked for before; null also where a disk has spoiled the listing. */
export async function readTree(repo: CachedRepo, commit: string): Promise<RepoFile[] | null> {
  const text = await readText(join(repo.folder, '.trees', `${commit}.json`))
  if (text === null) return null
  try {
    const files = JSON.parse(text) as RepoFile[]
    return files.every(({ path, etag }) => typeof path === 'string' && typeof etag === 'string') ? files : null
  } catch {
    return null
  }
}

export async function writeTree(repo: CachedRepo, commit: string, files: readonly RepoFile[]): Promise<void> {
  await writeWhole(join(repo.folder, '.trees', `${commit}.json`), JSON.stringify(files))
}

/** Paths of the files that are there of a commit, with `/` between folders. */
export async function snapshotFiles(repo: CachedRepo, commit: string): Promise<string[]> {
  const folder = snapshotOf(repo, commit)
  const paths = await filesIn(folder)
  const present = await Promise.all(paths.map((path) => sizeOf(join(folder, path))))
  return paths.filter((_, index) => present[index] !== null)
}

/** Size of a file after links, or null where there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  const facts = await stat(path).catch(() => null)
  return facts?.isFile() ? facts.size : null
}

/**
 * Puts a blob into a snapshot under its path: a symbolic link, as Python does; where the file system or the user
 * refuses those, a second name of the same bytes, and where that fails too, a copy.
 */
export async function placeInSnapshot(repo: CachedRepo, commit: string, file: RepoFile, symlinks: boolean) {
  const path = join(snapshotOf(repo, commit), file.path)
  if ((await sizeOf(path)) === file.byteLength) return
  await mkdir(dirname(path), { recursive: true })
  const blob = blobOf(repo, file.etag)
  const draft = `${path}.${randomUUID()}`
  const ways = [() => link(blob, draft), () => copyFile(blob, draft)]
  if (symlinks) ways.unshift(() => symlink(relative(dirname(path), blob), draft))
  let refusal: unknown
  for (const way of ways) {
    try {
      await way()
      await rename(draft, path)
      return
    } catch (error) {
      refusal = error
      await rm(draft, { force: true })
    }
  }
  throw refusal
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, text)
  await rename(draft, path)
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
}

/** Every file and link below a folder, sorted, with `/` between folders. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
      throw error
    },
  )
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}
