// Builds the package into dist/: the entries and the command line (esbuild), the page's scripts and styles, and the
// declarations (tsc). Plain Node, because it runs right after `npm install` on a fresh clone.
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { buildDeclarations } from './declarations.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const dist = join(root, 'dist')

const ENTRIES = {
  cli: 'framework/cli/main.ts',
  index: 'framework/index.ts',
  vision: 'framework/vision/index.ts',
  client: 'framework/sdk/index.ts',
  testing: 'framework/testing/index.ts',
  'vision-worker': 'framework/vision/runtime/worker.ts',
}
/** Those that a consumer imports by name, and so needs types for. */
const TYPED = ['index', 'vision', 'client', 'testing']

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['spaces-source'],
  packages: 'external',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
}

/** In the sources the model's worker is a file beside its pool; in dist/ it is an entry of its own. */
const workerEntry = {
  name: 'worker-entry',
  setup(build) {
    build.onLoad({ filter: /framework[\\/]vision[\\/]runtime[\\/][^\\/]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        /new URL\(\s*'\.\/worker\.ts'/g,
        "new URL('./vision-worker.js'",
      ),
      loader: 'ts',
    }))
  },
}

/** Leaves imports of parts that are not written yet as they are. */
const missingParts = {
  name: 'missing-parts',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/.*\/index\.ts$/ }, ({ path, resolveDir }) =>
      existsSync(join(resolveDir, path)) ? undefined : { path, external: true },
    )
  },
}

async function buildEntries() {
  const present = Object.entries(ENTRIES).filter(([name, source]) => {
    const exists = existsSync(join(root, source))
    if (!exists) console.warn(`spaces: ${source} is missing, dist/${name}.js is left out.`)
    return exists
  })
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: Object.fromEntries(present.map(([name, source]) => [name, source])),
    outdir: dist,
    chunkNames: 'chunk-[hash]',
    splitting: true,
    minifySyntax: true,
    plugins: [workerEntry, missingParts],
    write: false,
  })
  // Chunks go first and stale files last, so that a process that starts meanwhile finds everything that it names.
  const files = outputFiles.sort((a, b) => Number(b.path.includes('chunk-')) - Number(a.path.includes('chunk-')))
  for (const file of files) await writeIfChanged(file.path, file.contents, file.path.endsWith('cli.js') ? 0o755 : 0o644)
  const kept = new Set(files.map((file) => relative(dist, file.path)))
  for (const name of await readdir(dist)) {
    if (name.endsWith('.js') && !kept.has(name)) await unlink(join(dist, name))
  }
}

/** The page's bundle is described in TypeScript, which this file cannot import as it is. */
async function buildClient() {
  const source = 'framework/build/bundle-client.ts'
  if (!existsSync(join(root, source))) {
    console.warn(`spaces: ${source} is missing, dist/client is left out.`)
    return
  }
  const outfile = join(root, 'node_modules/.cache/spaces-build', `bundle-client-${process.pid}.mjs`)
  // It runs from elsewhere, but finds its own things beside the source.
  const place = JSON.stringify(pathToFileURL(join(root, source)).href)
  await esbuild.build({ ...common, entryPoints: [source], outfile, define: { 'import.meta.url': place } })
  try {
    const { bundleClient } = await import(pathToFileURL(outfile).href)
    await bundleClient({ outdir: join(dist, 'client') })
  } finally {
    await rm(outfile, { force: true })
  }
}

async function writeIfChanged(path, contents, mode) {
  const before = await readFile(path).catch(() => null)
  if (before !== null && Buffer.compare(before, contents) === 0) return
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, contents, { mode })
  await rename(temporary, path)
}

const startedAt = performance.now()
await mkdir(dist, { recursive: true })
const typed = TYPED.map((name) => ENTRIES[name]).filter((source) => existsSync(join(root, source)))
try {
  await Promise.all([buildEntries(), buildClient(), buildDeclarations({ root, dist, entries: typed })])
  console.log(`spaces: built dist/ in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
} catch (error) {
  // esbuild has printed its own errors with their places.
  if (!error.errors) console.error(error)
  process.exitCode = 1
}
