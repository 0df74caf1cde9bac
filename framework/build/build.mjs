// Builds the package into dist/: the entries and the command line (esbuild), the page's scripts and styles, and the
// declarations (tsc). Plain Node, because it runs right after `npm install` on a fresh clone.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { buildDeclarations } from './declarations.mjs'
import { packagesOutside, thirdPartyLicenses, withoutHttp2 } from './third-party.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const dist = join(root, 'dist')

/** Entries of one group share modules, which is what makes a space the same thing to all of them. */
const GROUPS = [
  {
    cli: 'framework/cli/main.ts',
    index: 'framework/index.ts',
    vision: 'framework/vision/index.ts',
    testing: 'framework/testing/index.ts',
  },
  // In a browser, or in a thread of its own: sharing with the others would only cut them into more files to load.
  { client: 'framework/sdk/index.ts' },
  { 'vision-worker': 'framework/vision/runtime/worker.ts' },
]
/** Those that a consumer imports by name, and so needs types for. */
const TYPED = [
  'framework/index.ts',
  'framework/vision/index.ts',
  'framework/sdk/index.ts',
  'framework/testing/index.ts',
]

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['spaces-source'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
}

async function buildEntries() {
  const built = await Promise.all(GROUPS.map(bundle))
  const licenses = { path: join(dist, 'THIRD-PARTY-LICENSES.txt'), contents: await thirdPartyLicenses(root) }
  // Chunks go first and stale files last, so that a process that starts meanwhile finds everything that it names.
  const files = built.flat().sort((a, b) => Number(b.path.includes('chunk-')) - Number(a.path.includes('chunk-')))
  for (const { path, contents } of [licenses, ...files])
    await writeIfChanged(path, contents, path.endsWith('cli.js') ? 0o755 : 0o644)
  const kept = new Set(files.map((file) => relative(dist, file.path)))
  for (const name of await readdir(dist)) {
    if (name.endsWith('.js') && !kept.has(name)) await rm(join(dist, name), { force: true })
  }
}

async function bundle(entryPoints) {
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints,
    outdir: dist,
    chunkNames: 'chunk-[hash]',
    splitting: true,
    minifySyntax: true,
    write: false,
    plugins: [withoutHttp2, packagesOutside],
  })
  return outputFiles
}

/** The page's bundle is described in TypeScript, which this file cannot import as it is. */
async function buildClient() {
  const source = 'framework/build/bundle-client.ts'
  const outfile = join(root, 'node_modules/.cache/spaces-build', `bundle-client-${process.pid}.mjs`)
  // It runs from elsewhere, but finds its own things beside the source.
  const place = JSON.stringify(pathToFileURL(join(root, source)).href)
  await esbuild.build({
    ...common,
    entryPoints: [source],
    outfile,
    packages: 'external',
    define: { 'import.meta.url': place },
  })
  try {
    const { bundleClient } = await import(pathToFileURL(outfile).href)
    await bundleClient({ outdir: join(dist, 'client') })
  } finally {
    await rm(outfile, { force: true })
  }
}

async function writeIfChanged(path, contents, mode) {
  const before = await readFile(path).catch(() => null)
  if (before?.equals(Buffer.from(contents))) return
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, contents, { mode })
  await rename(temporary, path)
}

const startedAt = performance.now()
await mkdir(dist, { recursive: true })
try {
  await Promise.all([buildEntries(), buildClient(), buildDeclarations({ root, dist, entries: TYPED })])
  console.log(`spaces: built dist/ in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
} catch (error) {
  // esbuild has printed its own errors with their places.
  if (!error.errors) console.error(error)
  process.exitCode = 1
}
