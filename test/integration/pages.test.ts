// What a browser is given: pages, manifests, scripts and styles, and the headers that keep them in check.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import { SpaceError } from '#core/errors.ts'
import { Image, Number, Slider, space, Text } from '../../framework/index.ts'
import { jpeg } from '../helpers/pictures.ts'
import { loadedFrom, openTab, serve, temporaryFolder } from '../helpers/serving.ts'

const small = space({
  title: 'Small <b>',
  summary: 'See [the paper](https://example.org/p), not [this](javascript:alert(1)) <script>alert(2)</script>',
  inputs: { maxSide: Slider({ min: 1, max: 9 }), secret: Number({ initial: 7, visible: false }) },
  outputs: { line: Text() },
  run: ({ maxSide, secret }) => ({ line: `${maxSide} ${secret}` }),
})

/** A client build with one script and two styles. */
async function clientBuild(dir: string) {
  await mkdir(dir, { recursive: true })
  const manifest = {
    entry: 'main-AAAA.js',
    entryImports: ['chunk-BBBB.js'],
    galleryEntry: 'gallery-GGGG.js',
    galleryImports: ['chunk-BBBB.js'],
    baseStyle: 'base-CCCC.css',
    views: {
      slider: { script: 'slider-DDDD.js', imports: ['chunk-BBBB.js'], style: 'slider-EEEE.css' },
      text: { script: 'text-FFFF.js', imports: [], style: null },
      number: { script: 'number-HHHH.js', imports: [], style: null },
    },
  }
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(dir, 'main-AAAA.js'), 'plain')
  await writeFile(join(dir, 'main-AAAA.js.br'), 'brotli')
  await writeFile(join(dir, 'main-AAAA.js.gz'), 'gzip')
  await writeFile(join(dir, 'base-CCCC.css'), 'body{color:red}')
  await writeFile(join(dir, 'slider-EEEE.css'), '.slider{color:blue}')
}

test('the page is drawn on the server, in the theme that the visitor chose, under a strict policy', async () => {
  await using folder = temporaryFolder()
  await clientBuild(folder.path)
  await using serving = await serve(small, { clientDir: folder.path })
  const response = await fetch(serving.url, { headers: { cookie: 'spaces-theme=dark' } })
  const html = await response.text()
  assert.equal(response.status, 200)
  assert.match(html, /<title>Small &lt;b><\/title>|<title>Small &lt;b&gt;<\/title>/)
  assert.match(html, /data-theme="dark"/)
  assert.match(html, /src="\.\/_spaces\/client\/main-AAAA\.js"/)
  assert.match(html, /href="\.\/_spaces\/client\/slider-DDDD\.js"/)
  assert.doesNotMatch(html, /<script>alert|javascript:/)
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  const policy = response.headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
  ])
    assert.ok(policy.includes(part), part)
  const light = await (await fetch(serving.url)).text()
  assert.doesNotMatch(light, /data-theme=/)
  const again = await fetch(serving.url, {
    headers: { 'if-none-match': response.headers.get('etag') ?? '', cookie: 'spaces-theme=dark' },
  })
  assert.equal(again.status, 304)
})

test('the manifest tells the browser what it needs and nothing of the code or the disk', async () => {
  await using serving = await serve(small)
  const manifest = await (await fetch(`${serving.url}manifest`)).json()
  assert.deepEqual(
    manifest.inputs.map(({ name, kind, label }: { name: string; kind: string; label: string }) => [name, kind, label]),
    [
      ['maxSide', 'slider', 'Max side'],
      ['secret', 'number', 'Secret'],
    ],
  )
  assert.deepEqual(manifest.task, { name: 'predict', action: 'Run', live: false, streaming: false })
  assert.equal(
    manifest.summary,
    '<p>See <a href="https://example.org/p" target="_blank" rel="noopener noreferrer">the paper</a>, not this &lt;script&gt;alert(2)&lt;/script&gt;</p>\n',
  )
  assert.equal(manifest.maxBytes, 20_000_000)
  assert.doesNotMatch(JSON.stringify(manifest), new RegExp(import.meta.dirname))
  await using tab = await openTab(serving.url)
  tab.run('hidden', { maxSide: 2 })
  assert.deepEqual(
    (await tab.next('done', 'hidden')).outputs,
    { line: '2 7' },
    'a hidden field holds its initial value',
  )
})

test('scripts come compressed and for ever; the style of a page is put together from its components', async () => {
  await using folder = temporaryFolder()
  await clientBuild(folder.path)
  await using serving = await serve(small, { clientDir: folder.path })
  const script = async (accepted: string) => {
    const response = await fetch(`${serving.url}_spaces/client/main-AAAA.js`, {
      headers: { 'accept-encoding': accepted },
    })
    assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    return response.headers.get('content-encoding')
  }
  assert.equal(await script('identity'), null)
  const html = await (await fetch(serving.url)).text()
  const style = /href="\.\/(_spaces\/style\/[^"]+)"/.exec(html)?.[1] ?? ''
  assert.match(style, /_spaces\/style\/number\+slider\+text\.[0-9a-f]{10}\.css$/)
  const css = await fetch(serving.url + style, { headers: { 'accept-encoding': 'br' } })
  assert.equal(css.headers.get('content-type'), 'text/css; charset=utf-8')
  assert.equal(await css.text(), 'body{color:red}.slider{color:blue}')
  for (const path of [
    'client/manifest.json',
    'client/..%2fsecret',
    'client/none.js',
    'style/slider.0000000000.css',
    'style/x.css',
  ])
    assert.equal((await fetch(`${serving.url}_spaces/${path}`)).status, 404, path)
})

test('the compressed sibling that the browser takes is sent as it is', async () => {
  await using folder = temporaryFolder()
  await clientBuild(folder.path)
  const { ClientAssets } = await import('#server/assets.ts')
  const assets = new ClientAssets(folder.path)
  const sent = async (accepted: string) => {
    const asset = await assets.file('main-AAAA.js', accepted)
    return [asset?.encoding, String(asset && Buffer.from(asset.body))]
  }
  assert.deepEqual(await sent('gzip, deflate, br, zstd'), ['br', 'brotli'])
  assert.deepEqual(await sent('gzip, br;q=0'), ['gzip', 'gzip'])
  assert.deepEqual(await sent(''), [null, 'plain'])
  const { styles } = await assets.forSpace(['slider'], './')
  const style = await assets.style(styles[0]?.split('/').at(-1) ?? '', 'br')
  assert.equal(String(brotliDecompressSync(style?.body ?? new Uint8Array())), 'body{color:red}.slider{color:blue}')
})

test('a gallery has a card for each space, also for one that does not load, and every space at its own path', async () => {
  await using folder = temporaryFolder()
  await writeFile(join(folder.path, 'cover.jpg'), await jpeg(40, 30))
  const photo = space({
    title: 'Photo',
    summary: 'Looks at **photos**.',
    inputs: { photo: Image() },
    outputs: { n: Number() },
    run: () => ({ n: 1 }),
    examples: [{ photo: 'cover.jpg' }],
  })
  const problem = new SpaceError('space-broken', { file: 'broken/space.ts', reason: 'Unexpected end of file' })
  const spaces = [
    loadedFrom(photo, { slug: 'photo', dir: folder.path }),
    loadedFrom(small, { slug: 'small' }),
    loadedFrom(null, { slug: 'broken', problem }),
  ]
  await using serving = await serve(spaces, { gallery: { title: 'All of them' } })
  const html = await (await fetch(serving.url)).text()
  assert.match(html, /<title>All of them<\/title>/)
  for (const text of ['Photo', 'Looks at photos.', 'Image → Number', 'Unexpected end of file'])
    assert.ok(html.includes(text), text)
  const cover = /photo\/files\/[^"?]+/.exec(html)?.[0] ?? ''
  assert.equal((await fetch(`${serving.url}${cover}?thumb=336`)).headers.get('content-type'), 'image/webp')
  const redirect = await fetch(`${serving.url}photo`, { redirect: 'manual' })
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [308, 'photo/'])
  const page = await (await fetch(`${serving.url}small/`)).text()
  assert.match(page, /All of them/)
  assert.equal((await (await fetch(`${serving.url}small/manifest`)).json()).slug, 'small')
  const broken = await fetch(`${serving.url}broken/`)
  assert.equal(broken.status, 500)
  assert.match(await broken.text(), /Unexpected end of file/)
  await using tab = await openTab(`${serving.url}small/`)
  tab.run('a', { maxSide: 3 })
  assert.deepEqual((await tab.next('done', 'a')).outputs, { line: '3 7' })

  await serving.app.swap(loadedFrom(small, { slug: 'new' }))
  assert.equal((await fetch(`${serving.url}new/`)).status, 200)
  assert.match(await (await fetch(serving.url)).text(), /href="[^"]*new\/"/)
  serving.app.remove('photo')
  assert.equal((await fetch(`${serving.url}photo/`)).status, 404)
  assert.doesNotMatch(await (await fetch(serving.url)).text(), /Looks at photos/)
})

test('what is not there is said in a page to people and in JSON to programs', async () => {
  await using serving = await serve(small)
  const page = await fetch(`${serving.url}nothing`, { headers: { accept: 'text/html' } })
  assert.equal(page.status, 404)
  assert.match(page.headers.get('content-type') ?? '', /text\/html/)
  assert.match(await page.text(), /There is nothing here/)
  const program = await fetch(`${serving.url}<script>`)
  assert.equal(program.status, 404)
  assert.equal((await program.json()).error.code, 'page-unknown')
  const reflected = await fetch(`${serving.url}<script>alert(1)</script>`, { headers: { accept: 'text/html' } })
  assert.doesNotMatch(await reflected.text(), /<script>alert/)
})

test('healthz counts spaces, running and waiting jobs', async () => {
  const stuck = space({
    title: 'Stuck',
    inputs: {},
    outputs: { n: Number() },
    concurrency: 1,
    run: () => new Promise<{ n: number }>(() => {}),
  })
  await using serving = await serve(stuck)
  await using tab = await openTab(serving.url)
  tab.run('a')
  tab.run('b')
  await tab.next('queued', 'b')
  const health = await (await fetch(`${serving.url}healthz`)).json()
  assert.deepEqual([health.status, health.spaces, health.running, health.waiting], ['ok', 1, 1, 1])
  assert.match(health.version, /^\d+\.\d+\.\d+/)
  assert.ok(health.uptime >= 0)
})
