// Files on their way up and down: what is taken, what is refused and why, and who may read what.

import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import sharp from 'sharp'
import type { PublicError } from '#core/errors.ts'
import type { FileRef } from '#core/schema.ts'
import { Gallery, Image, Number, space, Text } from '../../framework/index.ts'
import { jpeg, pdf, picture, png, pngHeader, svg } from '../helpers/pictures.ts'
import { createGate, loadedFrom, openTab, serve, temporaryFolder } from '../helpers/serving.ts'

const measure = space({
  title: 'Measure',
  inputs: { photo: Image({ label: 'Photo' }), note: Text({ initial: 'x' }) },
  outputs: { width: Number(), height: Number(), same: Image() },
  run: ({ photo }) => ({ width: photo.width, height: photo.height, same: photo }),
})

/** A browser with its cookie jar, as small as it gets. */
function visitor(url: string) {
  let cookie = ''
  const call = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
    const headers = { ...init.headers, ...(cookie ? { cookie } : {}) }
    const response = await fetch(url + path, { ...init, headers })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return response
  }
  return {
    call,
    get cookie() {
      return cookie
    },
    async upload(bytes: Uint8Array, name = 'photo.jpg', field = 'photo') {
      const headers = { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(name) }
      const body = bytes as Uint8Array<ArrayBuffer>
      const response = await call(`files?field=${field}`, { method: 'POST', body, headers })
      const answer = (await response.json()) as FileRef & { error: PublicError }
      return { status: response.status, ...answer }
    },
  }
}

const pathOf = ({ id, name }: FileRef) => `files/${id}/${encodeURIComponent(name)}`

test('a photo goes up, is measured as it is seen, and comes down as it was', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  const upright = await picture(64, 48).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const ref = await ann.upload(upright, 'Käse & Brötchen 🧀.jpg')
  assert.equal(ref.status, 201)
  assert.deepEqual(
    [ref.mime, ref.name, ref.byteLength, ref.width, ref.height],
    ['image/jpeg', 'Käse & Brötchen 🧀.jpg', upright.length, 48, 64],
  )
  const down = await ann.call(pathOf(ref))
  assert.equal(down.status, 200)
  assert.equal(down.headers.get('content-type'), 'image/jpeg')
  assert.equal(down.headers.get('x-content-type-options'), 'nosniff')
  assert.deepEqual(Buffer.from(await down.arrayBuffer()), upright)

  await using tab = await openTab(serving.url, { headers: { cookie: ann.cookie } })
  tab.run('m', { photo: { id: ref.id } })
  const { outputs } = await tab.next('done', 'm')
  assert.deepEqual([outputs.width, outputs.height], [48, 64])
  const same = await ann.call(pathOf(outputs.same as FileRef))
  assert.deepEqual(Buffer.from(await same.arrayBuffer()), upright, 'untouched photos are not encoded again')
})

test('what is no picture is refused by what it is, not by what it is called', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  const refusalOf = async (bytes: Uint8Array, name: string) => {
    const { status, error } = await ann.upload(bytes, name)
    return [status, error.code, error.message]
  }
  assert.deepEqual(await refusalOf(pdf, 'report.pdf'), [
    415,
    'file-type',
    'inputs.photo: expected a picture, got a PDF (report.pdf).',
  ])
  assert.match(String(await refusalOf(pdf, 'renamed.jpg')), /got a PDF \(renamed\.jpg\)/)
  assert.match(String(await refusalOf(svg, 'drawing.svg')), /got an SVG drawing/)
  assert.match(String(await refusalOf(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'), 'a.heic')), /file-type.*HEIC/)
  assert.match(String(await refusalOf(Buffer.from('hello'), 'a.txt')), /got text/)
  assert.match(String(await refusalOf(Buffer.alloc(0), 'a.jpg')), /got an empty file/)
  assert.match(String(await refusalOf(Buffer.from('<!doctype html><p>'), 'a.png')), /got an HTML page/)
})

test('a truncated photo and a picture bomb are refused before anybody decodes them', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  const whole = await picture(640, 480).jpeg().toBuffer()
  const cut = await ann.upload(whole.subarray(0, whole.length - 300), 'cut.jpg')
  assert.deepEqual([cut.status, cut.error.code], [422, 'file-broken'])
  assert.match(cut.error.message, /cut\.jpg/)
  const bomb = await ann.upload(await pngHeader(60_000, 60_000), 'bomb.png')
  assert.deepEqual([bomb.status, bomb.error.code], [413, 'image-too-large'])
  assert.match(bomb.error.message, /at most 100 megapixels, got 60000 x 60000/)
  const half = (await png(300, 300)).subarray(0, 60)
  assert.equal((await ann.upload(half, 'half.png')).error.code, 'file-broken')
  const nothing = await ann.upload(await pngHeader(0, 48), 'nothing.png')
  assert.deepEqual([nothing.status, nothing.error.code], [422, 'file-broken'])
  assert.match(nothing.error.message, /it is 0 x 48 pixels/)
})

test('a photo with a film behind it, as phones write them, is whole; one that is cut off is not, whatever is in it', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  // Without the end mark of a JPEG among its last bytes.
  const film = Buffer.alloc(300_000, 7)
  for (const progressive of [false, true]) {
    const photo = await picture(320, 240).jpeg({ progressive }).toBuffer()
    const { status, width } = await ann.upload(Buffer.concat([photo, film]), 'moving.jpg')
    assert.deepEqual([status, width], [201, 320])
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe2, 0x03, 0xe8]), photo.subarray(-2), Buffer.alloc(996, 1)])
    const withOne = Buffer.concat([photo.subarray(0, 2), thumbnail, photo.subarray(2, -20), film])
    const cut = await ann.upload(withOne, 'cut.jpg')
    assert.deepEqual([cut.status, cut.error?.code], [422, 'file-broken'])
  }
  const endless = Buffer.concat([(await jpeg()).subarray(0, -2), Buffer.from('ffe00002'.repeat(50_000), 'hex')])
  assert.equal((await ann.upload(endless, 'endless.jpg')).error.code, 'file-broken')
})

test('a photo whose damage only decoding shows fails its run with a sentence', async () => {
  const look = space({
    title: 'Look',
    inputs: { photo: Image() },
    outputs: { n: Number() },
    run: async ({ photo }) => ({ n: (await photo.pixels()).data.length }),
  })
  await using serving = await serve(look)
  const ann = visitor(serving.url)
  const bytes = await picture(640, 480).png().toBuffer()
  bytes.fill(0x41, 100, bytes.length - 16)
  const ref = await ann.upload(bytes, 'broken.png')
  await using tab = await openTab(serving.url, { headers: { cookie: ann.cookie } })
  tab.run('l', { photo: ref })
  const { error } = await tab.next('failed', 'l')
  assert.equal(error.code, 'file-broken')
  assert.match(error.message, /inputs\.photo.*broken\.png/)
})

test('a file above the limit is refused by its declared length, and while it streams where it declares none', async () => {
  await using serving = await serve(measure, { limits: { maxBytes: 10_000 } })
  const ann = visitor(serving.url)
  const declared = await ann.upload(Buffer.alloc(20_000), 'big.jpg')
  assert.deepEqual([declared.status, declared.error.code], [413, 'file-too-large'])
  assert.match(declared.error.message, /at most 10 KB, got 20 KB/)
  const body = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20; i++) controller.enqueue(new Uint8Array(1000))
      controller.close()
    },
  })
  const streamed = await fetch(`${serving.url}files?field=photo`, {
    method: 'POST',
    body,
    duplex: 'half',
  } as RequestInit)
  assert.equal(streamed.status, 413)
  assert.equal((await fetch(`${serving.url}healthz`)).status, 200)
})

test('an upload that is given up in the middle leaves nothing behind', async () => {
  await using serving = await serve(measure)
  const sending = request(`${serving.url}files?field=photo`, { method: 'POST', headers: { 'content-length': 100_000 } })
  const gone = new Promise((resolve) => sending.once('error', resolve))
  sending.write(Buffer.alloc(1000))
  await new Promise((resolve) =>
    sending.once('socket', (socket) => (socket.connecting ? socket.once('connect', resolve) : resolve(null))),
  )
  await new Promise((resolve) => setImmediate(resolve))
  sending.destroy(new Error('gone'))
  await gone
  assert.equal((await visitor(serving.url).upload(await jpeg())).status, 201)
  assert.deepEqual(serving.log, [], 'a visitor who leaves is no fault')
})

test('a field that takes no file, or is none, takes no upload', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  assert.equal((await ann.upload(await jpeg(), 'a.jpg', 'note')).error.code, 'invalid-value')
  assert.equal((await ann.upload(await jpeg(), 'a.jpg', 'nothing')).error.code, 'input-unknown')
})

test('a file belongs to its visitor: nobody else can read it or run on it, and no reference can be forged', async () => {
  await using serving = await serve(measure)
  const [ann, bob] = [visitor(serving.url), visitor(serving.url)]
  const ref = await ann.upload(await jpeg())
  await bob.upload(await png())
  for (const call of [bob.call, fetchFrom(serving.url)]) {
    const response = await call(pathOf(ref))
    assert.equal(response.status, 404)
    assert.equal(((await response.json()) as { error: PublicError }).error.code, 'file-gone')
  }
  await using tab = await openTab(serving.url, { headers: { cookie: bob.cookie } })
  tab.run('steal', { photo: ref })
  assert.equal((await tab.next('failed', 'steal')).error.code, 'file-gone')
  const [key, signature = ''] = ref.id.split('.')
  const forged = [
    `${key}.${signature.slice(0, -2)}AA`,
    `${key}.`,
    `${key}`,
    `l${key?.slice(1)}.${signature}`,
    `x${key}.`,
    '..',
    '%2e%2e',
  ]
  for (const id of forged) assert.equal((await ann.call(`files/${id}/a.jpg`)).status, 404, id)
  const cookie = `${ann.cookie.slice(0, -3)}abc`
  assert.equal((await fetch(serving.url + pathOf(ref), { headers: { cookie } })).status, 404)
})

const fetchFrom = (url: string) => (path: string) => fetch(url + path)

test('the page’s cookie is signed, kept from scripts, and not sent along by other sites', async () => {
  await using serving = await serve(measure)
  const response = await fetch(serving.url)
  assert.match(
    response.headers.get('set-cookie') ?? '',
    /^spaces-\d+=[\w-]+\.[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  const secure = await fetch(serving.url, { headers: { 'x-forwarded-proto': 'https' } })
  assert.match(secure.headers.get('set-cookie') ?? '', /; Secure$/)
})

test('parts of a file can be asked for, and what the browser has is not sent again', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  const bytes = await picture(900, 700).png({ compressionLevel: 0 }).toBuffer()
  const ref = await ann.upload(bytes, 'large.png')
  const part = async (range: string) => {
    const response = await ann.call(pathOf(ref), { headers: { range } })
    return {
      status: response.status,
      range: response.headers.get('content-range'),
      body: Buffer.from(await response.arrayBuffer()),
    }
  }
  const size = bytes.length
  assert.deepEqual(await part('bytes=0-99'), { status: 206, range: `bytes 0-99/${size}`, body: bytes.subarray(0, 100) })
  assert.deepEqual(await part('bytes=1000-'), {
    status: 206,
    range: `bytes 1000-${size - 1}/${size}`,
    body: bytes.subarray(1000),
  })
  assert.deepEqual(await part('bytes=-10'), {
    status: 206,
    range: `bytes ${size - 10}-${size - 1}/${size}`,
    body: bytes.subarray(-10),
  })
  const beyond = await part(`bytes=${size}-`)
  assert.deepEqual([beyond.status, beyond.range], [416, `bytes */${size}`])
  assert.equal((await part('lines=1-2')).status, 200)
  const whole = await ann.call(pathOf(ref))
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes)
  const etag = whole.headers.get('etag') ?? ''
  const again = await ann.call(pathOf(ref), { headers: { 'if-none-match': etag } })
  assert.equal(again.status, 304)
  const changed = await ann.call(pathOf(ref), { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })
  assert.equal(changed.status, 200)
})

test('names with quotes, line breaks, paths and any script are safe to download', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  const bytes = await jpeg()
  const dispositionOf = async (name: string) => {
    const ref = await ann.upload(bytes, name)
    const response = await ann.call(`${pathOf(ref)}?download`)
    return response.headers.get('content-disposition')
  }
  assert.equal(await dispositionOf('a"b\\c.jpg'), `attachment; filename="c.jpg"; filename*=UTF-8''c.jpg`)
  assert.equal(
    await dispositionOf('x\r\nset-cookie: a=b.jpg'),
    `attachment; filename="xset-cookie: a=b.jpg"; filename*=UTF-8''xset-cookie%3A%20a%3Db.jpg`,
  )
  assert.equal(await dispositionOf('../../etc/passwd'), `attachment; filename="passwd"; filename*=UTF-8''passwd`)
  assert.equal(
    await dispositionOf('дом 🏠.jpg'),
    `attachment; filename="___ __.jpg"; filename*=UTF-8''%D0%B4%D0%BE%D0%BC%20%F0%9F%8F%A0.jpg`,
  )
  assert.equal(await dispositionOf(''), `attachment; filename="file"; filename*=UTF-8''file`)
  const ref = await ann.upload(bytes, 'plain.jpg')
  assert.match((await ann.call(pathOf(ref))).headers.get('content-disposition') ?? '', /^inline; filename="plain\.jpg"/)
})

test('thumbnails are as wide as was asked for, and no other widths are made', async () => {
  await using serving = await serve(measure)
  const ann = visitor(serving.url)
  const ref = await ann.upload(await picture(900, 600).jpeg().toBuffer())
  for (const width of [168, 336, 640, 168]) {
    const response = await ann.call(`${pathOf(ref)}?thumb=${width}`)
    assert.equal(response.headers.get('content-type'), 'image/webp')
    const made = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
    assert.equal(made.width, width)
  }
  assert.equal((await ann.call(`${pathOf(ref)}?thumb=170`)).status, 422)
})

test('example pictures are everybody’s, and nothing beside them can be read', async () => {
  await using folder = temporaryFolder()
  await mkdir(join(folder.path, 'examples'))
  await writeFile(join(folder.path, 'examples/one.jpg'), await jpeg(80, 60))
  await writeFile(join(folder.path, 'secret.jpg'), await jpeg())
  const declared = space({
    title: 'Examples',
    inputs: { photo: Image(), more: Gallery() },
    outputs: { n: Number() },
    run: ({ photo, more }) => ({ n: photo.width + more.length }),
    examples: [{ photo: 'examples/one.jpg', more: ['examples/one.jpg'] }],
  })
  await using serving = await serve([loadedFrom(declared, { dir: folder.path })])
  const manifest = await (await fetch(`${serving.url}manifest`)).json()
  const [{ inputs }] = manifest.examples
  const ref: FileRef = inputs.photo
  assert.deepEqual([ref.mime, ref.name, ref.width, ref.height], ['image/jpeg', 'one.jpg', 80, 60])
  assert.doesNotMatch(JSON.stringify(manifest), new RegExp(folder.path))
  assert.equal((await fetch(serving.url + pathOf(ref))).status, 200)
  assert.equal((await fetch(`${serving.url}${pathOf(ref)}?thumb=168`)).status, 200)
  assert.equal(
    (await fetch(`${serving.url}files/${ref.id}/..%2f..%2fsecret.jpg`)).status,
    200,
    'the name is only for show',
  )
  for (const path of [
    'files/secret.jpg',
    'files/..%2fsecret.jpg/x',
    'examples/one.jpg',
    'files/../secret.jpg',
    'space.ts',
  ])
    assert.equal((await fetch(serving.url + path)).status, 404, path)
  await using tab = await openTab(serving.url)
  tab.run('e', inputs)
  assert.deepEqual((await tab.next('done', 'e')).outputs, { n: 81 })
  await copyFile(join(folder.path, 'secret.jpg'), join(folder.path, 'examples/one.jpg'))
  const edited = await fetch(serving.url + pathOf(ref))
  assert.match(edited.headers.get('cache-control') ?? '', /no-cache/)
})

test('answers that are files of the author’s are copied, and active ones are never shown in place', async () => {
  await using folder = temporaryFolder()
  await writeFile(join(folder.path, 'drawing.svg'), svg)
  const declared = space({
    title: 'Drawing',
    inputs: {},
    outputs: { drawing: Image() },
    run: () => ({ drawing: 'drawing.svg' }),
  })
  await using serving = await serve([loadedFrom(declared, { dir: folder.path })])
  const ann = visitor(serving.url)
  await ann.call('')
  await using tab = await openTab(serving.url, { headers: { cookie: ann.cookie } })
  tab.run('d')
  const { outputs } = await tab.next('done', 'd')
  await writeFile(join(folder.path, 'drawing.svg'), 'overwritten')
  const response = await ann.call(pathOf(outputs.drawing as FileRef))
  assert.equal(await response.text(), String(svg))
  assert.match(response.headers.get('content-disposition') ?? '', /^attachment/)
  assert.match(response.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/)
})

test('above a visitor’s share of the disk the files used longest ago go, and those of a running job stay', async () => {
  const gate = createGate()
  const slow = space({
    title: 'Slow',
    inputs: { photo: Image() },
    outputs: { n: Number() },
    run: async ({ photo }) => {
      await gate.passed
      return { n: (await photo.pixels()).width }
    },
  })
  const bytes = await picture(100, 100).png({ compressionLevel: 0 }).toBuffer()
  await using serving = await serve(slow, { limits: { maxSessionBytes: bytes.length * 3 } })
  const ann = visitor(serving.url)
  const used = await ann.upload(bytes)
  await using tab = await openTab(serving.url, { headers: { cookie: ann.cookie } })
  tab.run('s', { photo: used })
  await tab.next('running', 's')
  const [one, two] = [await ann.upload(bytes), await ann.upload(bytes)]
  assert.equal((await ann.call(pathOf(one))).status, 200)
  const three = await ann.upload(bytes)
  assert.equal((await ann.call(pathOf(two))).status, 404)
  assert.equal((await ann.call(pathOf(one))).status, 200)
  assert.equal((await ann.call(pathOf(three))).status, 200)
  gate.open()
  assert.deepEqual((await tab.next('done', 's')).outputs, { n: 100 })
})

test('visitors who come without a cookie each time do not fill the disk together', async () => {
  const bytes = await picture(100, 100).png({ compressionLevel: 0 }).toBuffer()
  await using serving = await serve(measure, { limits: { maxTotalBytes: bytes.length * 3 } })
  const visitors = [1, 2, 3, 4, 5].map(() => visitor(serving.url))
  const refs: FileRef[] = []
  for (const each of visitors) refs.push(await each.upload(bytes))
  const statuses: number[] = []
  for (const [index, ref] of refs.entries()) statuses.push((await visitors[index]?.call(pathOf(ref)))?.status ?? 0)
  assert.deepEqual(statuses, [404, 404, 200, 200, 200])
})

test('everything that was uploaded is gone from the disk when the server is', async () => {
  await using folder = temporaryFolder()
  const { TMPDIR } = process.env
  process.env.TMPDIR = folder.path
  try {
    await using serving = await serve(measure)
    await visitor(serving.url).upload(await jpeg())
    await visitor(serving.url).upload(pdf)
    const [made = ''] = await readdir(folder.path)
    assert.equal((await readdir(join(folder.path, made))).length, 1, 'what was refused is gone already')
  } finally {
    process.env.TMPDIR = TMPDIR
    if (TMPDIR === undefined) delete process.env.TMPDIR
  }
  assert.deepEqual(await readdir(folder.path), [])
})
