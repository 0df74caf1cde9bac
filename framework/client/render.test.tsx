import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GalleryCard, SpaceManifest } from '#core/manifest.ts'
import { renderGalleryPage, renderSpacePage } from './render.tsx'

const manifest: SpaceManifest = {
  slug: 'doubler',
  title: 'Double & <nothing>',
  summary: '<p>Doubles a <em>number</em> &amp; more.</p>',
  article: '',
  inputs: [
    {
      name: 'note',
      kind: 'text',
      label: 'Note',
      frame: 'label',
      optional: true,
      options: { lines: 1, type: 'text', hint: 'a few words' },
      initial: '</script><script>alert(1)</script>',
    },
  ],
  outputs: [
    { name: 'out', kind: 'text', label: 'Out', frame: 'label', optional: false, options: { lines: 1 }, initial: null },
  ],
  task: { name: 'predict', action: 'Double', live: false, streaming: false },
  examples: [],
  maxBytes: 1,
  revision: 'r1',
}

const assets = { scripts: ['../main-A.js'], preloads: ['../chunk-B.js'], styles: ['../style-C.css'] }
const page = { manifest, theme: null, root: '../', assets, breadcrumb: 'Demos' }

test('the document names its assets, its title in plain words and the way back to the gallery', async () => {
  const html = await renderSpacePage(page)
  assert.match(html, /^<!doctype html><html lang="en">/)
  assert.match(html, /<title>Double &amp; &lt;nothing><\/title>/)
  assert.match(html, /<meta name="description" content="Doubles a number &amp; more."/)
  assert.match(html, /<link rel="stylesheet" href="\.\.\/style-C\.css"/)
  assert.match(html, /<link rel="modulepreload" href="\.\.\/chunk-B\.js"/)
  assert.match(html, /<script type="module" src="\.\.\/main-A\.js"/)
  assert.match(html, /<a href="\.\.\/">.*Demos/)
})

test('no value of a space can end the script that carries it', async () => {
  const html = await renderSpacePage(page)
  const data = /<script id="data" type="application\/json">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  assert.equal(JSON.parse(data).manifest.inputs[0].initial, '</script><script>alert(1)</script>')
  assert.equal(html.split('<script>alert').length, 1)
})

test('a field has its label, its hint, and says that it may be left out', async () => {
  const html = await renderSpacePage(page)
  assert.match(html, /<label id="in-note-label" for="in-note"[^>]*>Note<span class="hint">optional<\/span>/)
  assert.match(html, /aria-describedby="in-note-hint"/)
})

test('a chosen theme is there from the first byte; without one the system decides', async () => {
  assert.match(await renderSpacePage({ ...page, theme: 'dark' }), /<html lang="en" data-theme="dark">/)
  assert.doesNotMatch(await renderSpacePage(page), /data-theme/)
})

test('an invisible field is not on the page', async () => {
  const [note] = manifest.inputs
  assert.ok(note)
  const hidden = { ...manifest, inputs: [{ ...note, options: { ...note.options, visible: false } }] }
  assert.doesNotMatch(await renderSpacePage({ ...page, manifest: hidden }), /for="in-note"/)
})

test('a kind without a view is refused, not left blank', async () => {
  const [out] = manifest.outputs
  assert.ok(out)
  const odd = { ...manifest, outputs: [{ ...out, kind: 'no-such-kind' }] }
  await assert.rejects(renderSpacePage({ ...page, manifest: odd }))
})

test('a gallery links to its spaces, also to one that does not load', async () => {
  const card = (slug: string, about: Partial<GalleryCard> = {}): GalleryCard => ({
    slug,
    title: slug,
    summary: 'Plain words.',
    cover: null,
    note: 'Image → Label',
    tags: ['photo'],
    problem: null,
    ...about,
  })
  const cover = { id: 'x1', mime: 'image/jpeg', name: 'a b.jpg', byteLength: 1 }
  const spaces = [card('depth', { cover }), card('broken', { problem: 'line 3: unexpected }' })]
  const html = await renderGalleryPage({ manifest: { title: 'Demos', spaces }, theme: null, root: './', assets })
  assert.match(html, /<a class="card" href="\.\/depth\/">/)
  assert.match(html, /src="\.\/depth\/files\/x1\/a%20b\.jpg\?thumb=640"/)
  assert.match(html, /Does not load: line 3: unexpected }/)
})

test('an example with a list of pictures is named by their captions and names', async () => {
  const file = (name: string) => ({ id: 'x', mime: 'image/png', name, byteLength: 1 })
  const pictures = [
    { image: file('rocket.jpg'), caption: null },
    { image: file('lion.jpg'), caption: 'A lion' },
  ]
  const gallery = { name: 'all', kind: 'gallery', label: 'All', frame: 'group', optional: false } as const
  const inputs = [{ ...gallery, options: { columns: 2, maxItems: 4 }, initial: null }]
  const html = await renderSpacePage({
    ...page,
    manifest: { ...manifest, inputs, examples: [{ inputs: { all: pictures } }] },
  })
  assert.match(html, /aria-label="Example 1, All rocket\.jpg, A lion"/)
})
