/** From a space file to the space: bundled where it has changed, imported, and checked, with every failure explained. */

import { realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SpaceError, show } from '#core/errors.ts'
import type { LoadedSpace } from '#core/loaded.ts'
import { type AnySpace, isSpace } from '#core/space.ts'
import { BundleError, shownPath } from './bundle-error.ts'
import { type Cached, cacheFolder, hashOf, moveCache, readCache, writeCache } from './space-cache.ts'

/** A loaded space, and the files to watch for its sake. */
export interface BuiltSpace extends LoadedSpace {
  readonly inputs: readonly string[]
}

/**
 * Loads a space file. It never throws for what is wrong with the author's code: `problem` says it, and `space` is null.
 * A file that has not changed since the last time is not bundled again.
 */
export async function loadSpace(path: string, { slug }: { slug: string }): Promise<BuiltSpace> {
  // As the bundler and Node see it: what lies beside the file is what lies beside the file itself, not beside a link to it.
  const file = await realpath(path).catch(() => resolve(path))
  const base = { slug, file, dir: dirname(file) }
  let bundle: Cached | null = null
  try {
    const cached = await readCache(folderOf(file))
    bundle = cached ?? (await bundleAnew(file))
    let module: Record<string, unknown>
    try {
      module = await importBundle(bundle.path)
    } catch (error) {
      if (!cached || !isMissing(error)) throw error
      // A package that the bundle names has moved since.
      bundle = await bundleAnew(file)
      module = await importBundle(bundle.path)
    }
    const { setupKey, revision, inputs } = bundle
    return { ...base, space: spaceIn(module, file), problem: null, setupKey, revision, inputs }
  } catch (error) {
    const inputs = bundle?.inputs ?? (error instanceof BundleError ? error.inputs : [file])
    const { explainFailure } = await import('./explain-failure.ts')
    const problem = await explainFailure(error, file, inputs)
    return { ...base, space: null, problem, setupKey: '', revision: hashOf(problem.message), inputs }
  }
}

const folderOf = (file: string) => cacheFolder(file, fileURLToPath(import.meta.resolve('spaces')))

async function bundleAnew(file: string): Promise<Cached> {
  const { bundleSpace } = await import('./bundle-space.ts')
  const folder = folderOf(file)
  const bundle = await bundleSpace(file, join(folder, 'space.mjs'))
  try {
    return await writeCache(folder, bundle)
  } catch (error) {
    if ((await moveCache(error)) || folder !== folderOf(file)) return bundleAnew(file)
    throw error
  }
}

/** Node remembers a module that failed, under its URL, even when what it failed on is mended. */
const failures = new Map<string, number>()

async function importBundle(path: string): Promise<Record<string, unknown>> {
  process.setSourceMapsEnabled(true)
  const attempt = failures.get(path) ?? 0
  try {
    return await import(`${pathToFileURL(path).href}${attempt ? `?again=${attempt}` : ''}`)
  } catch (error) {
    failures.set(path, attempt + 1)
    throw error
  }
}

function spaceIn(module: Record<string, unknown>, file: string): AnySpace {
  const { default: space } = module
  if (isSpace(space)) return space
  const names = Object.keys(module).filter((name) => name !== 'default')
  const other = names.length ? `only the exports ${names.join(', ')}` : 'no export at all'
  const reason = `expected “export default space({ … })”, got ${'default' in module ? show(space) : other}.`
  throw new SpaceError('space-broken', { file: shownPath(file), reason })
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && ['ERR_MODULE_NOT_FOUND', 'ENOENT'].includes(error.code as string)
