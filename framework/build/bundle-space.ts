/**
 * An author's file and everything of theirs that it imports, as one ES module for Node.
 *
 * - `spaces` and its entries become those of the package that is running, by absolute URL: a file works in any folder,
 *   with or without `node_modules`, and there is one copy of the framework.
 * - Other packages are found from the importing file, and named by absolute URL, because the bundle lies elsewhere.
 * - `import.meta.url`, `dirname` and `filename` stay those of the file they are written in.
 */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { BundleError } from './bundle-error.ts'
import { setupKey } from './setup-key.ts'
import { hashOf } from './space-cache.ts'

export interface Bundle {
  /** With its source map inside. */
  readonly code: string
  readonly setupKey: string
  /** The files it is made of, the space file first: absolute paths, and hashes of what was read. */
  readonly inputs: ReadonlyMap<string, string>
}

/** @throws BundleError with the first thing that is wrong. */
export async function bundleSpace(file: string, outfile: string): Promise<Bundle> {
  const inputs = new Map([[file, '']])
  const tsconfig = nearestConfig(dirname(file))
  if (tsconfig) inputs.set(tsconfig, hashOf(await readFile(tsconfig)))
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: dirname(file),
      entryPoints: [file],
      outfile,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: `node${process.versions.node}`,
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      define: Object.fromEntries(OWN_PLACE.map(([name, stand]) => [`import.meta.${name}`, stand])),
      plugins: [frameworkEntries, packages, ownPlace(inputs)],
    })
    const code = outputFiles[0]?.text ?? ''
    return { code, setupKey: setupKey(code), inputs }
  } catch (error) {
    throw toBundleError(error, [...inputs.keys()])
  }
}

function toBundleError(error: unknown, inputs: readonly string[]): unknown {
  if (!(error instanceof Error && 'errors' in error)) return error
  const failure = (error as esbuild.BuildFailure).errors[0]
  const at = failure?.location
  const reason = failure?.text ?? error.message
  if (!at) return new BundleError({ reason, place: null, inputs })
  const file = resolve(dirname(inputs[0] ?? ''), at.file)
  return new BundleError({ reason, place: { file, line: at.line, column: at.column + 1, length: at.length }, inputs })
}

/** `spaces` and `spaces/vision`, as Node itself resolves them inside this package. */
const frameworkEntries: esbuild.Plugin = {
  name: 'framework-entries',
  setup(build) {
    build.onResolve({ filter: /^spaces(\/|$)/ }, ({ path }) => {
      try {
        return { path: import.meta.resolve(path), external: true, sideEffects: false }
      } catch {
        return {
          errors: [
            { text: `There is no “${path}”. Import from spaces, spaces/vision, spaces/client or spaces/testing` },
          ],
        }
      }
    })
  },
}

/** Keeps this plugin from being asked about what it asks itself. */
const ASKED = Symbol('asked')

const packages: esbuild.Plugin = {
  name: 'packages',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, async ({ path, pluginData, kind, resolveDir, importer }) => {
      if (pluginData === ASKED || kind === 'entry-point' || isBuiltin(path)) return undefined
      if (/^[a-z]+:/i.test(path)) return { path, external: true }
      const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: ASKED })
      if (found.errors.length === 0) {
        // A `paths` alias of the author's tsconfig leads to a file of theirs, which belongs into the bundle.
        if (!/[\\/]node_modules[\\/]/.test(found.path)) return found
        return { path: pathToFileURL(found.path).href, external: true, sideEffects: found.sideEffects }
      }
      // An optional package: the author's own `catch` deals with it.
      if (kind === 'dynamic-import' || kind === 'require-call') return { path, external: true }
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/')
      return { errors: [{ text: `The package “${path}” is not installed here. Run: npm install ${name}` }] }
    })
  },
}

const OWN_PLACE = [
  ['url', '__spaces_url'],
  ['dirname', '__spaces_dirname'],
  ['filename', '__spaces_filename'],
] as const

/**
 * Gives each file constants for its own place, on its first line so that line numbers stay, and notes what was read. It
 * gives the bundler every file itself: read a second time, one that is just being saved may be another.
 */
const ownPlace = (inputs: Map<string, string>): esbuild.Plugin => ({
  name: 'own-place',
  setup(build) {
    build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
      const contents = await readFile(path)
      inputs.set(path, hashOf(contents))
      const text = /\.[cm]?[tj]sx?$/.test(path) ? contents.toString() : ''
      if (!text.includes('import.meta')) return { contents, loader: 'default' }
      const place = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path }
      const used = OWN_PLACE.filter(([name]) => text.includes(`import.meta.${name}`))
      const constants = used.map(([name, stand]) => `const ${stand} = ${JSON.stringify(place[name])};`).join('')
      return { contents: constants + text.replace(/^#!.*/, ''), loader: 'default' }
    })
  },
})

function nearestConfig(folder: string): string | null {
  const path = join(folder, 'tsconfig.json')
  if (existsSync(path)) return path
  const parent = dirname(folder)
  return parent === folder ? null : nearestConfig(parent)
}
