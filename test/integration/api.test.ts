// The same tasks without a page: one call, one answer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PublicError, SpaceError } from '#core/errors.ts'
import { Dropdown, Gallery, Image, JSON as Json, Number, optional, space, Text } from '../../framework/index.ts'
import { jpeg, pdf } from '../helpers/pictures.ts'
import { createGate, loadedFrom, openTab, serve, until } from '../helpers/serving.ts'

const describe = space({
  title: 'Describe',
  inputs: {
    photo: Image(),
    words: Text({ initial: 'none' }),
    scale: Number({ initial: 1 }),
    tone: Dropdown({ choices: ['warm', 'cold'] }),
    more: optional(Gallery()),
  },
  outputs: { line: Text(), photo: Image(), all: Gallery() },
  run: ({ photo, words, scale, tone, more }) => ({
    line: `${photo.width * scale} ${words} ${tone} ${more?.length ?? 0}`,
    photo,
    all: [photo, ...(more ?? [])],
  }),
})

interface Media {
  url: string
  mime: string
  name: string
  byteLength: number
  width: number
  height: number
}
interface Answer {
  line: string
  photo: Media
  all: { image: Media; caption: string | null }[]
  error: PublicError
}

async function post(url: string, body: BodyInit, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body, headers })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer }
}
const json = (url: string, body: unknown) => post(url, JSON.stringify(body), { 'content-type': 'application/json' })
const dataUrl = (bytes: Buffer, mime = 'image/jpeg') => `data:${mime};base64,${bytes.toString('base64')}`

test('JSON with a data URL gives the outputs by name, and media by a URL that works', async () => {
  await using serving = await serve(describe)
  const bytes = await jpeg(64, 48)
  const { status, body } = await json(`${serving.url}api/predict`, { photo: dataUrl(bytes), scale: 2, tone: 'cold' })
  assert.equal(status, 200)
  assert.equal(body.line, '128 none cold 0')
  const { mime, byteLength, width, height, url } = body.photo
  assert.deepEqual(
    { mime, byteLength, width, height },
    { mime: 'image/jpeg', byteLength: bytes.length, width: 64, height: 48 },
  )
  const media = await fetch(url)
  assert.equal(media.status, 200, 'without any cookie')
  assert.deepEqual(Buffer.from(await media.arrayBuffer()), bytes)
  assert.equal((await fetch(body.all[0]?.image.url ?? '')).status, 200)
  assert.equal((await fetch(`${url.slice(0, -6)}x/y`)).status, 404)
})

test('with ?media=inline the answer carries its media', async () => {
  await using serving = await serve(describe)
  const bytes = await jpeg()
  const { body } = await json(`${serving.url}api/predict?media=inline`, { photo: { url: dataUrl(bytes) } })
  assert.equal(body.photo.url, dataUrl(bytes))
})

test('a form carries the files themselves, text as text, and everything else as JSON', async () => {
  await using serving = await serve(describe)
  const form = new FormData()
  const file = async (name: string) => new File([new Uint8Array(await jpeg(32, 32))], name, { type: 'image/jpeg' })
  form.set('photo', await file('me.jpg'))
  form.set('words', '42')
  form.set('scale', '3')
  form.append('more', await file('a.jpg'))
  form.append('more', await file('b.jpg'))
  const { status, body } = await post(`${serving.url}api/predict`, form)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(body.line, '96 42 warm 2')
  assert.equal(body.photo.name, 'me.jpg')
})

test('a field of a form that is JSON is read as JSON, whatever it holds', async () => {
  const echo = space({
    title: 'Echo',
    inputs: { data: Json() },
    outputs: { data: Json() },
    run: ({ data }) => ({ data }),
  })
  await using serving = await serve(echo)
  const call = async (text: string) => {
    const form = new FormData()
    form.set('data', text)
    const { status, body } = await post(`${serving.url}api/predict`, form)
    return [status, body as unknown] as const
  }
  assert.deepEqual(await call('{"a":[1,null]}'), [200, { data: { a: [1, null] } }])
  assert.deepEqual(await call('"words"'), [200, { data: 'words' }])
  const [status, refused] = await call('{a: 1}')
  assert.equal(status, 422)
  assert.match((refused as Answer).error.message, /^inputs\.data: expected JSON, got “{a: 1}” \(text\)\.$/)
})

test('an answer names its outputs in the order of the declaration', async () => {
  const ordered = space({
    title: 'Ordered',
    inputs: { photo: Image() },
    outputs: { photo: Image(), line: Text(), all: Gallery() },
    run: ({ photo }) => ({ line: 'x', all: [photo], photo }),
  })
  await using serving = await serve(ordered)
  const { body } = await json(`${serving.url}api/predict`, { photo: dataUrl(await jpeg()) })
  assert.deepEqual(Object.keys(body), ['photo', 'line', 'all'])
})

test('a space that does not load says so to its callers, and the server logs nothing new', async () => {
  const reason = 'Expected "}" but found "run"'
  const problem = new SpaceError('space-broken', { file: 'space.ts:3:3', reason, frame: '> 3 | run' })
  for (const dev of [true, false]) {
    await using serving = await serve([loadedFrom(null, { problem })], { dev })
    for (const path of ['api/predict', 'files?field=photo', 'manifest']) {
      const response = await fetch(serving.url + path, path === 'manifest' ? {} : { method: 'POST', body: '{}' })
      const { error } = (await response.json()) as Answer
      assert.deepEqual([response.status, error.code, error.frame], [500, 'space-broken', dev ? '> 3 | run' : undefined])
      assert.match(error.message, /^space\.ts:3:3: Expected/)
    }
    assert.deepEqual(serving.log, [])
  }
})

test('the URLs of an answer are those of the outside where a proxy says so', async () => {
  await using serving = await serve(describe)
  const headers = {
    'content-type': 'application/json',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'vision.example',
    'x-forwarded-prefix': '/demo/',
  }
  const { body } = await post(`${serving.url}api/predict`, JSON.stringify({ photo: dataUrl(await jpeg()) }), headers)
  assert.match(body.photo.url, /^https:\/\/vision\.example\/demo\/files\//)
})

test('everything that can be wrong with a call has its status, its code and a sentence', async () => {
  await using serving = await serve(describe, { limits: { maxBytes: 100_000 } })
  const url = `${serving.url}api/predict`
  const photo = dataUrl(await jpeg())
  const type = { 'content-type': 'application/json' }
  for (const [answered, status, code, pattern] of [
    [await post(url, '{"photo":', type), 400, 'message-invalid', /expected JSON/],
    [await post(url, '[1]', type), 400, 'message-invalid', /an object with the inputs by name, got a list of 1/],
    [await post(url, 'a=b', { 'content-type': 'text/csv' }), 400, 'message-invalid', /text\/csv/],
    [await post(url, 'x', { 'content-type': 'multipart/form-data; boundary=y' }), 400, 'message-invalid', /a form/],
    [await json(url, {}), 422, 'input-missing', /inputs\.photo/],
    [
      await json(url, { photo, tone: 'lukewarm' }),
      422,
      'invalid-value',
      /inputs\.tone: expected one of “warm”, “cold”/,
    ],
    [await json(url, { photo, wrods: '' }), 422, 'input-unknown', /“wrods”/],
    [await json(url, { photo: 7 }), 422, 'invalid-value', /inputs\.photo: expected a picture, got 7/],
    [await json(url, { photo: 'cat.jpg' }), 422, 'invalid-value', /send it as a data URL|got “cat\.jpg”/],
    [await json(url, { photo: 'data:image/png' }), 422, 'invalid-value', /a data URL/],
    [await json(url, { photo: dataUrl(pdf, 'image/jpeg') }), 415, 'file-type', /got a PDF/],
    [await json(url, { photo: dataUrl(Buffer.alloc(100_001)) }), 413, 'file-too-large', /at most 100 KB/],
    [await json(url, { photo: { id: 'sabc.def' } }), 404, 'file-gone', /inputs\.photo: expected a file that you/],
    [await json(`${serving.url}api/paint`, { photo }), 404, 'task-unknown', /expected “predict”, got “paint”/],
  ] as const) {
    assert.deepEqual([answered.status, answered.body.error?.code], [status, code], JSON.stringify(answered.body))
    assert.match(answered.body.error.message + answered.body.error.hint, pattern)
  }
  const huge = await json(url, { photo, words: 'x'.repeat(5_000_000) })
  assert.deepEqual([huge.status, huge.body.error.code], [413, 'message-too-large'])
  const get = await fetch(url)
  assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST'])
  assert.match(((await get.json()) as Answer).error.hint, /^POST the inputs by name/)
  assert.equal((await json(url, { photo })).status, 200, 'and the server goes on')
  assert.deepEqual(serving.log, [])
})

test('a task that throws answers 500 with a reference; a streaming one answers with its last word', async () => {
  const failing = space({
    title: 'Failing',
    inputs: {},
    outputs: { n: Number() },
    run: () => {
      throw new Error('inner')
    },
  } as never)
  const streaming = space({
    title: 'Streaming',
    inputs: {},
    outputs: { n: Number() },
    async *run() {
      yield { n: 1 }
      return { n: 2 }
    },
  })
  await using serving = await serve(
    [loadedFrom(failing, { slug: 'failing' }), loadedFrom(streaming, { slug: 'streaming' })],
    {
      gallery: { title: 'Two' },
    },
  )
  const failed = await json(`${serving.url}failing/api/predict`, {})
  assert.equal(failed.status, 500)
  assert.ok(serving.log.join('').includes(failed.body.error.reference ?? '?'))
  assert.deepEqual((await json(`${serving.url}streaming/api/predict`, {})).body as unknown, { n: 2 })
  assert.equal((await json(`${serving.url}nobody/api/predict`, {})).status, 404)
})

test('calls stand in the same queue as pages, and one that hangs up leaves it', async () => {
  const started = createGate<AbortSignal>()
  let calls = 0
  const single = space({
    title: 'Single',
    inputs: {},
    outputs: { n: Number() },
    concurrency: 1,
    run: (_, { signal }) => {
      calls++
      if (calls > 1) return { n: calls }
      started.open(signal)
      return new Promise<{ n: number }>(() => {})
    },
  })
  await using serving = await serve(single)
  const hangUp = new AbortController()
  const call = fetch(`${serving.url}api/predict`, { method: 'POST', body: '{}', signal: hangUp.signal })
  const signal = await started.passed
  await using tab = await openTab(serving.url)
  tab.run('behind')
  await tab.next('queued', 'behind')
  hangUp.abort()
  await assert.rejects(call, { name: 'AbortError' })
  assert.deepEqual((await tab.next('done', 'behind')).outputs, { n: 2 })
  assert.equal(signal.aborted, true)
  await until(() => serving.app.health().running === 0)
})

test('a call with the page’s cookie may name the page’s files', async () => {
  await using serving = await serve(describe)
  const page = await fetch(serving.url)
  const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? ''
  const body = new Uint8Array(await jpeg(20, 10))
  const ref = await (
    await fetch(`${serving.url}files?field=photo`, { method: 'POST', body, headers: { cookie } })
  ).json()
  const headers = { 'content-type': 'application/json', cookie }
  const answered = await post(`${serving.url}api/predict`, JSON.stringify({ photo: ref }), headers)
  assert.equal(answered.body.line, '20 none warm 0')
  assert.equal((await json(`${serving.url}api/predict`, { photo: ref })).status, 404)
})
