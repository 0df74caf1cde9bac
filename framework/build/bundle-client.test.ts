import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { bundleClient, type ClientManifest } from './bundle-client.ts'

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

test('the page of an image classifier needs at most 30 KB before it can be used', async () => {
  const { image, label, slider } = manifest.views
  const kinds = [image, label, slider].filter((view) => view !== undefined)
  assert.equal(kinds.length, 3)
  const names = [manifest.entry, ...manifest.entryImports, manifest.baseStyle]
  for (const { script, imports, style } of kinds) names.push(script, ...imports, ...(style ? [style] : []))
  const sizes = await Promise.all([...new Set(names)].map(sizeOf))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  assert.ok(total <= 30_000, `${total} bytes`)
})

test('building again gives the same names and removes what is no longer named', async () => {
  await writeFile(join(outdir, 'old-ABCDEFGH.js'), '')
  assert.deepEqual(await bundleClient({ outdir }), manifest)
  assert.ok(!(await readdir(outdir)).includes('old-ABCDEFGH.js'))
})
