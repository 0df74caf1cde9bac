/**
 * Bundles of space files, kept between starts so that a space that has not changed starts without a bundler. They lie in
 * the user's cache folder (`SPACES_CACHE`, or `XDG_CACHE_HOME`/spaces, or ~/.cache/spaces), never in the author's tree;
 * where that cannot be written, as in a container, in a temporary one that goes with the process.
 */

import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Bundle } from './bundle-space.ts'

export interface Cached {
  /** Absolute path of the bundle. */
  readonly path: string
  readonly setupKey: string
  readonly revision: string
  readonly inputs: readonly string[]
}

interface Entry {
  readonly file: string
  readonly setupKey: string
  readonly revision: string
  readonly inputs: readonly (readonly [path: string, hash: string])[]
}

const DAY_MS = 24 * 60 * 60 * 1000
/** Earlier bundles of a space: a process that runs may be about to import one. */
const KEPT_MS = DAY_MS
/** A space that was not bundled for so long may be gone; if it is not, it is bundled once more. */
const UNUSED_MS = 60 * DAY_MS

export const hashOf = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Stands in for the cache folder once that has turned out not to be writable. */
let temporary: string | null = null

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EDQUOT'])

/** Whether a cache folder that could not be written has got another one in its place. */
export async function moveCache(error: unknown): Promise<boolean> {
  if (temporary !== null || !UNWRITABLE.has((error as NodeJS.ErrnoException).code ?? '')) return false
  const folder = await mkdtemp(join(tmpdir(), 'spaces-cache-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  temporary = folder
  return true
}

/** @param framework - where the running package is: bundles name it by its place. */
export function cacheFolder(file: string, framework: string): string {
  const own = process.env.SPACES_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'spaces')
  const base = temporary ?? own
  return join(base, 'bundles', hashOf(`1\n${process.version}\n${framework}\n${file}`))
}

/** Null where there is none, or where one of the files it was made of has changed. */
export async function readCache(folder: string): Promise<Cached | null> {
  const text = await readFile(join(folder, 'bundle.json'), 'utf8').catch(() => null)
  const entry = text === null ? null : entryIn(text)
  if (entry === null) return null
  const { file, setupKey, revision, inputs } = entry
  const fresh = await Promise.all(
    inputs.map(async ([path, hash]) => {
      const content = await readFile(path).catch(() => null)
      return content !== null && hashOf(content) === hash
    }),
  )
  if (fresh.includes(false)) return null
  const path = join(folder, file)
  const kept = await stat(path).catch(() => null)
  return kept ? { path, setupKey, revision, inputs: inputs.map(([input]) => input) } : null
}

/** Null where it is damaged: a machine that stopped while it was written leaves an empty file. */
function entryIn(text: string): Entry | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Where the bundle will lie does not depend on its content, so that its source map can name files relative to it. */
export async function writeCache(folder: string, { code, setupKey, inputs }: Bundle): Promise<Cached> {
  await mkdir(folder, { recursive: true })
  const revision = hashOf(code)
  const file = `space-${revision}.mjs`
  await writeWhole(join(folder, file), code)
  await writeWhole(join(folder, 'bundle.json'), JSON.stringify({ file, setupKey, revision, inputs: [...inputs] }))
  await forgetOld(folder, file)
  return { path: join(folder, file), setupKey, revision, inputs: [...inputs.keys()] }
}

/** Another process may read at the same moment, so nothing is ever half there. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, text)
  await rename(temporary, path)
}

async function forgetOld(folder: string, current: string): Promise<void> {
  const stale = (await readdir(folder)).filter((name) => name !== current && name !== 'bundle.json')
  await Promise.all(stale.map((name) => removeOlder(join(folder, name), KEPT_MS)))
  const all = dirname(folder)
  await Promise.all((await readdir(all)).map((name) => removeOlder(join(all, name), UNUSED_MS)))
}

async function removeOlder(path: string, ageMs: number): Promise<void> {
  const info = await stat(path).catch(() => null)
  if (info && Date.now() - info.mtimeMs > ageMs) await rm(path, { recursive: true, force: true })
}
