/** Bundles the page for browsers: one entry for a space, one for a gallery, one chunk and one style sheet for each kind. */

import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import * as esbuild from 'esbuild'
import type { ClientManifest } from '#core/manifest.ts'
import { browserOnly } from './browser-only.ts'
import { sharedChunk } from './shared-chunk.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface BundleOptions {
  /** Folder for the files; what stood there before is removed. */
  readonly outdir: string
  /** Folder of the sources. Default: this package. */
  readonly root?: string
  /** Default true. */
  readonly minify?: boolean
}

/** Bundles, writes every file with its `.br` and `.gz` siblings, and gives what `manifest.json` says. */
export async function bundleClient({ outdir, root = ROOT, minify = true }: BundleOptions): Promise<ClientManifest> {
  const kinds = await kindsIn(root)
  const [scripts, styles] = await Promise.all([bundleScripts(root, minify), bundleStyles(root, kinds, minify)])
  const manifest = describe(root, kinds, scripts, styles)
  const files = [...scripts.outputFiles, ...styles.outputFiles]
  await mkdir(outdir, { recursive: true })
  await Promise.all(files.map(({ path, contents }) => writeCompressed(join(outdir, basename(path)), contents)))
  await writeFile(join(outdir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await removeOthers(outdir, new Set(files.map(({ path }) => basename(path))))
  return manifest
}

type Result = esbuild.BuildResult<{ write: false; metafile: true }>

const common = (root: string, minify: boolean) =>
  ({
    absWorkingDir: root,
    outdir: join(root, 'out'),
    bundle: true,
    minify,
    write: false,
    metafile: true,
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'silent',
    legalComments: 'none',
  }) satisfies esbuild.BuildOptions

/** Twice: the first time only to see what the chunks share. */
async function bundleScripts(root: string, minify: boolean): Promise<Result> {
  const entries = ['main', 'gallery'].map((name) => [name, `framework/client/${name}.tsx`] as const)
  const bundle = (...plugins: esbuild.Plugin[]) =>
    esbuild.build({
      ...common(root, minify),
      entryPoints: Object.fromEntries(entries.filter(([, file]) => existsSync(join(root, file)))),
      format: 'esm',
      splitting: true,
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      conditions: ['spaces-source'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [browserOnly(root), ...plugins],
    })
  const { metafile } = await bundle()
  return bundle(sharedChunk(root, metafile, ['framework/client/gallery.tsx']))
}

/** Each kind's style on its own; tokens, kit and page together, in the order in which they may overrule each other. */
function bundleStyles(root: string, kinds: readonly string[], minify: boolean): Promise<Result> {
  const base = ['framework/ui/tokens.css', 'framework/ui/kit.css', 'framework/client/page.css']
  const own = kinds.map((kind) => [kind, `components/${kind}/style.css`] as const)
  const virtual = base.filter((file) => existsSync(join(root, file))).map((file) => `@import "./${file}";`)
  return esbuild.build({
    ...common(root, minify),
    entryPoints: {
      base: 'base.css',
      ...Object.fromEntries(own.filter(([, file]) => existsSync(join(root, file)))),
    },
    entryNames: '[name]-[hash]',
    plugins: [
      {
        name: 'base-style',
        setup(build: esbuild.PluginBuild) {
          build.onResolve({ filter: /^base\.css$/ }, () => ({ path: 'base.css', namespace: 'base' }))
          build.onLoad({ filter: /.*/, namespace: 'base' }, () => ({
            contents: virtual.join('\n'),
            loader: 'css',
            resolveDir: root,
          }))
        },
      },
    ],
  })
}

async function kindsIn(root: string): Promise<string[]> {
  const folders = await readdir(join(root, 'components'), { withFileTypes: true })
  return folders
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'components', entry.name, 'view.tsx')))
    .map(({ name }) => name)
    .sort()
}

function describe(root: string, kinds: readonly string[], scripts: Result, styles: Result): ClientManifest {
  const byEntry = new Map<string, string>()
  for (const { metafile } of [scripts, styles]) {
    for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) if (entryPoint) byEntry.set(entryPoint, file)
  }
  const outputs = scripts.metafile.outputs
  const scriptOf = (source: string) => byEntry.get(source) ?? null
  const importsOf = (file: string | null) => (file ? staticImports(outputs, file).map((name) => basename(name)) : [])
  const main = required(scriptOf('framework/client/main.tsx'), 'framework/client/main.tsx')
  const gallery = scriptOf('framework/client/gallery.tsx')
  const views = kinds.map((kind) => {
    const script = required(scriptOf(`components/${kind}/view.tsx`), `components/${kind}/view.tsx`)
    const style = byEntry.get(`components/${kind}/style.css`)
    return [
      kind,
      { script: basename(script), imports: importsOf(script), style: style ? basename(style) : null },
    ] as const
  })
  return {
    entry: basename(main),
    entryImports: importsOf(main),
    galleryEntry: gallery && basename(gallery),
    galleryImports: importsOf(gallery),
    baseStyle: basename(required(byEntry.get('base:base.css') ?? null, relative(root, 'base.css'))),
    views: Object.fromEntries(views),
  }
}

function required(file: string | null, source: string): string {
  if (file === null) throw new Error(`The bundle has no output for ${source}.`)
  return file
}

/** Everything that a module pulls in before it can run. */
function staticImports(outputs: Result['metafile']['outputs'], file: string, found = new Set<string>()): string[] {
  for (const { path, kind } of outputs[file]?.imports ?? []) {
    if (kind !== 'import-statement' || found.has(path) || path === file) continue
    found.add(path)
    staticImports(outputs, path, found)
  }
  return [...found]
}

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

async function writeCompressed(path: string, contents: Uint8Array): Promise<void> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.byteLength }
  const [br, gz] = await Promise.all([toBrotli(contents, { params }), toGzip(contents, { level: 9 })])
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz), writeFile(path, contents)])
}

/** Last, so that a server that runs meanwhile still finds what its manifest names. */
async function removeOthers(outdir: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await readdir(outdir)
  const old = names.filter((name) => name !== 'manifest.json' && !kept.has(name.replace(/\.(br|gz)$/, '')))
  await Promise.all(old.map((name) => rm(join(outdir, name), { recursive: true, force: true })))
}
