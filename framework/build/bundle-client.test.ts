import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { ClientManifest } from '#core/manifest.ts'
import { bundleClient } from './bundle-client.ts'

let outdir: string
let manifest: ClientManifest

before(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'client-'))
  manifest = await bundleClient({ outdir })
})
after(() => rm(outdir, { recursive: true }))

const sizeOf = async (name: string) => (await readFile(join(outdir, `${name}.br`))).byteLength

test('every file that the manifest names is there, with siblings that unpack to the same bytes', async () => {
  const views = Object.values(manifest.views)
  const names = [
    manifest.entry,
    ...manifest.entryImports,
    manifest.galleryEntry,
    ...manifest.galleryImports,
    manifest.baseStyle,
    ...views.flatMap(({ script, imports, style }) => [script, ...imports, style]),
  ]
  for (const name of new Set(names.filter((name) => name !== null))) {
    const plain = await readFile(join(outdir, name))
    assert.deepEqual(brotliDecompressSync(await readFile(join(outdir, `${name}.br`))), plain)
    assert.deepEqual(gunzipSync(await readFile(join(outdir, `${name}.gz`))), plain)
  }
})

test('every component with a view has a chunk of its own', async () => {
  const scripts = Object.values(manifest.views).map(({ script }) => script)
  assert.ok(scripts.length > 5)
  assert.equal(new Set(scripts).size, scripts.length)
})

/** Files that the page of an image classifier loads before it can be used. */
function filesOfClassifier(): string[] {
  const { image, label, slider } = manifest.views
  const kinds = [image, label, slider].filter((view) => view !== undefined)
  assert.equal(kinds.length, 3)
  const names = [manifest.entry, ...manifest.entryImports, manifest.baseStyle]
  for (const { script, imports, style } of kinds) names.push(script, ...imports, ...(style ? [style] : []))
  return [...new Set(names)]
}

test('the page of an image classifier needs at most 30 KB before it can be used', async () => {
  const sizes = await Promise.all(filesOfClassifier().map(sizeOf))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  assert.ok(total <= 30_000, `${total} bytes`)
})

test('what its components share comes in few files, not one for each combination', () => {
  const scripts = filesOfClassifier().filter((name) => name.endsWith('.js'))
  assert.ok(scripts.length <= 7, scripts.join(', '))
})

test('the index of a gallery does without the components', async () => {
  const { galleryEntry, galleryImports } = manifest
  assert.ok(galleryEntry)
  const sizes = await Promise.all([galleryEntry, ...galleryImports].map(sizeOf))
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 13_000)
})

test('building again gives the same names and removes what is no longer named', async () => {
  await writeFile(join(outdir, 'old-ABCDEFGH.js'), '')
  assert.deepEqual(await bundleClient({ outdir }), manifest)
  assert.ok(!(await readdir(outdir)).includes('old-ABCDEFGH.js'))
})
