/**
 * Bundles of space files, kept between starts so that a space that has not changed starts without a bundler. They lie in
 * the user's cache folder (`SPACES_CACHE`, or `XDG_CACHE_HOME`/spaces, or ~/.cache/spaces), never in the author's tree.
 */

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
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

const KEPT_MS = 24 * 60 * 60 * 1000

export const hashOf = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** @param framework - where the running package is: bundles name it by its place. */
export function cacheFolder(file: string, framework: string): string {
  const base = process.env.SPACES_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'spaces')
  return join(base, 'bundles', hashOf(`1\n${process.version}\n${framework}\n${file}`))
}

/** Null where there is none, or where one of the files it was made of has changed. */
export async function readCache(folder: string): Promise<Cached | null> {
  const text = await readFile(join(folder, 'bundle.json'), 'utf8').catch(() => null)
  if (text === null) return null
  const { file, setupKey, revision, inputs } = JSON.parse(text) as Entry
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
  for (const name of await readdir(folder)) {
    if (name === current || name === 'bundle.json') continue
    const path = join(folder, name)
    const age = await stat(path).catch(() => null)
    if (age && Date.now() - age.mtimeMs > KEPT_MS) await unlink(path).catch(() => undefined)
  }
}
