/** Which spaces a path stands for: a file, a folder that holds one, or a folder of them, which becomes a gallery. */

import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { labelOf } from '#core/field.ts'

export interface FoundSpace {
  /** Its path in the gallery; empty for a single space. */
  readonly slug: string
  readonly file: string
}

export interface Found {
  readonly spaces: readonly FoundSpace[]
  /** Null for a single space. */
  readonly gallery: { readonly title: string; readonly folder: string } | null
}

const SOURCE = /\.[cm]?[tj]sx?$/
const NOT_A_SPACE = /\.(test|spec|config|d)\.[cm]?[tj]sx?$/
const LEFT_OUT = new Set(['node_modules', 'templates', 'dist'])

/** Null where there is neither a file nor a folder at this path. */
export async function findSpaces(path: string): Promise<Found | null> {
  const absolute = await realpath(path).catch(() => null)
  if (absolute === null) return null
  const info = await stat(absolute)
  if (!info.isDirectory()) return { spaces: [{ slug: '', file: absolute }], gallery: null }
  const own = await spaceFileIn(absolute)
  if (own) return { spaces: [{ slug: '', file: own }], gallery: null }
  return { spaces: await spacesIn(absolute), gallery: { title: titleOf(absolute), folder: absolute } }
}

/** The spaces of a gallery, by slug. */
export async function spacesIn(folder: string): Promise<FoundSpace[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries.map(async ({ name }): Promise<FoundSpace | null> => {
      if (name.startsWith('.') || LEFT_OUT.has(name)) return null
      const path = join(folder, name)
      const info = await stat(path).catch(() => null)
      if (info?.isDirectory()) {
        const file = await spaceFileIn(path)
        return file === null ? null : { slug: slugOf(name), file }
      }
      if (!SOURCE.test(name) || NOT_A_SPACE.test(name) || !(await looksLikeSpace(path))) return null
      return { slug: slugOf(basename(name, extname(name))), file: path }
    }),
  )
  return found.filter((each) => each !== null).sort((a, b) => a.slug.localeCompare(b.slug))
}

async function spaceFileIn(folder: string): Promise<string | null> {
  for (const name of ['space.ts', 'space.tsx', 'space.mts', 'space.js', 'space.mjs']) {
    const info = await stat(join(folder, name)).catch(() => null)
    if (info?.isFile()) return join(folder, name)
  }
  return null
}

/** A loose file beside helpers: only one that imports this package and has a default export is taken for a space. */
async function looksLikeSpace(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8')
  return /\bfrom\s*['"]spaces['"]/.test(text) && /\bexport\s+default\b|\bas\s+default\b/.test(text)
}

const slugOf = (name: string) =>
  name
    .replace(/[^A-Za-z0-9._~-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .toLowerCase() || 'space'

const titleOf = (folder: string) => labelOf(basename(folder) || 'spaces', {})
