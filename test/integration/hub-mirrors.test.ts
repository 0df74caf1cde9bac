// Hubs that are not the Hub: mirrors that list little or wrongly, and what stands between.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pushToHub, resolveModel } from '#vision/hub/index.ts'
import { gitBlobId, sha256 } from '../helpers/hub-server.ts'
import { filesBelow, openWorld, refusal } from '../helpers/hub-world.ts'
import { type Mirror, type MirrorAnswer, openMirror } from '../helpers/mirror.ts'

const ID = 'org/vit'
const COMMIT = 'c'.repeat(40)
const FILES: Record<string, Buffer> = {
  'config.json': Buffer.from('{"model_type":"vit"}'),
  'onnx/model.onnx': randomBytes(30_000),
}
const NAMES = Object.keys(FILES)
const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex')
const idOf = (path: string) =>
  path.endsWith('.onnx') ? sha256(FILES[path] as Buffer) : gitBlobId(FILES[path] as Buffer)

const API = `GET /api/models/${ID}`
const listed = (facts: (path: string) => object) =>
  JSON.stringify(NAMES.map((path) => ({ type: 'file', path, size: FILES[path]?.byteLength, ...facts(path) })))
const usual = listed((path) => ({ oid: idOf(path), ...(path.endsWith('.onnx') ? { lfs: { oid: idOf(path) } } : {}) }))

/** A file with the headers that name it. */
function fileAt(asked: string): MirrorAnswer | null {
  const path = NAMES.find((name) => asked.endsWith(`/resolve/${COMMIT}/${name}`) || asked.endsWith(`/main/${name}`))
  if (path === undefined) return null
  return { body: FILES[path] as Buffer, headers: { etag: `"${idOf(path)}"`, 'x-repo-commit': COMMIT } }
}

/** A mirror like the Hub, but for what a test makes it say. */
const like =
  (own: Mirror): Mirror =>
  (asked, times, request) => {
    const said = own(asked, times, request)
    if (said !== null) return said
    if (asked === `${API}/revision/main`) return JSON.stringify({ sha: COMMIT })
    if (asked === `${API}/tree/${COMMIT}`) return usual
    return fileAt(asked)
  }

/** Opens the model from a mirror. @returns its files, and what was asked. */
async function fetchedFrom(mirror: Mirror) {
  await using _ = await openWorld()
  await using server = await openMirror(mirror)
  process.env.HF_ENDPOINT = server.url
  const { folder } = await resolveModel(ID)
  for (const path of NAMES) assert.deepEqual(await readFile(join(folder, path)), FILES[path])
  assert.deepEqual(await filesBelow(folder), NAMES)
  return server.asked
}

async function refusedBy(mirror: Mirror) {
  await using _ = await openWorld()
  await using server = await openMirror(mirror)
  process.env.HF_ENDPOINT = server.url
  return await refusal(resolveModel(ID))
}

test('A mirror may list names alone: each file that is wanted is asked for its size and id', async () => {
  const asked = await fetchedFrom(
    like((line) => {
      if (line === `${API}/revision/${COMMIT}`)
        return JSON.stringify({ siblings: [...NAMES, 'pytorch_model.bin'].map((rfilename) => ({ rfilename })) })
      return line.includes('/tree/') ? { status: 404 } : null
    }),
  )
  assert.deepEqual(asked.filter((line) => line.startsWith('HEAD')).length, NAMES.length)
})

test('A mirror may describe its latest commit alone, and name it with each file alone', async () => {
  const siblings = NAMES.map((rfilename) => ({
    rfilename,
    size: FILES[rfilename]?.byteLength,
    blobId: `nexus-${rfilename.length}`,
  }))
  await fetchedFrom((line) => (line === API ? JSON.stringify({ sha: COMMIT, siblings }) : fileAt(line)))
  const other = await refusedBy((line) =>
    line === API ? JSON.stringify({ sha: 'd'.repeat(40), siblings }) : fileAt(line),
  )
  assert.equal(other.code, 'model-missing')
})

test('Ids in a listing that are not git’s are believed where they or the file’s own headers fit the bytes', async () => {
  const tree = (oid: (path: string) => string): Mirror =>
    like((line) => (line.includes('/tree/') ? listed((path) => ({ oid: oid(path) })) : null))
  await fetchedFrom(tree((path) => sha1(FILES[path] as Buffer)))
  await fetchedFrom(tree(() => 'b'.repeat(40)))
  const asked = await fetchedFrom(tree((path) => sha1(Buffer.from(path))))
  assert.equal(asked.filter((line) => line.startsWith('GET') && line.endsWith('model.onnx')).length, 1)
  const wrong = await refusedBy((line, times, request) => {
    const answer = tree((path) => sha1(Buffer.from(path)))(line, times, request)
    const isFile = line.includes('/resolve/') && typeof answer === 'object' && answer !== null
    return isFile ? { ...answer, headers: { etag: `"${'d'.repeat(40)}"` } } : answer
  })
  assert.equal(wrong.code, 'model-broken')
})

test('The next page of a listing may be named by its path, or as the mirrored Hub names it', async () => {
  for (const base of ['', 'https://huggingface.co']) {
    const [first, second] = JSON.parse(usual) as object[]
    const next = `<${base}/api/models/${ID}/tree/${COMMIT}?recursive=true&cursor=2>; rel="next"`
    await fetchedFrom(
      like((line, _, { url }) => {
        if (!line.includes('/tree/')) return null
        if (url?.includes('cursor=2')) return JSON.stringify([second])
        return { body: JSON.stringify([first]), headers: { link: next } }
      }),
    )
  }
})

test('A question is asked again when the connection breaks', async () => {
  const asked = await fetchedFrom(
    like((line, times) => (line.startsWith(API) && times === 0 ? { hangsUp: true } : null)),
  )
  assert.equal(asked.filter((line) => line.startsWith(API)).length, 4)
})

test('Where a cut download may not go on, all of it is fetched again', async () => {
  const whole = FILES['onnx/model.onnx'] as Buffer
  for (const refused of [
    { status: 416 },
    { status: 206, headers: { 'content-range': 'bytes 0-9/10' }, body: 'x'.repeat(10) },
  ]) {
    await fetchedFrom(
      like((line, times, { headers }) => {
        if (!line.endsWith('/onnx/model.onnx')) return null
        if (headers.range) return refused
        const first = { body: whole.subarray(0, 12_345), headers: { 'content-length': '30000' }, hangsUp: true }
        return times === 0 ? first : whole
      }),
    )
  }
})

test('A signed address that has run out is asked for again; a store without the file is named', async () => {
  await using store = await openMirror((line, times) => {
    if (line === 'GET /late')
      return times === 0 ? { status: 403, body: '<Error>expired</Error>' } : (FILES['onnx/model.onnx'] ?? null)
    return null
  })
  const at = (path: string): Mirror =>
    like((line) => (line.endsWith('.onnx') ? { status: 302, headers: { location: `${store.url}/${path}` } } : null))
  await fetchedFrom(at('late'))
  const gone = await refusedBy(at('gone'))
  assert.equal(gone.code, 'hub-unreachable')
  assert.match(gone.message, /an error \(404\) from 127\.0\.0\.1:\d+, where it keeps its files/)
})

test('A login page in place of an answer or of a file is called what it is, at once', async () => {
  const page = { body: '<!doctype html>\n<title>Sign in</title>', headers: { 'content-type': 'text/html' } }
  for (const [part, words] of [
    ['/revision/', /not JSON/],
    ['config.json', /a web page in place of config\.json/],
    ['model.onnx', /a web page in place of onnx\/model\.onnx/],
  ] as const) {
    const { code, message } = await refusedBy(like((line) => (line.includes(part) ? page : null)))
    assert.equal(code, 'hub-unreachable')
    assert.match(message, words)
  }
  const forbidden = await refusedBy(() => ({ ...page, status: 403 }))
  assert.match(forbidden.message, /web page \(403\)/)
})

test('A Hub that only a proxy can reach is reached through it, but nothing on this machine', async () => {
  await using proxy = await openMirror((line, times, request) =>
    like(() => null)(line.replace('http://hub.test', ''), times, request),
  )
  await using _ = await openWorld({ HTTP_PROXY: proxy.url, HF_ENDPOINT: 'http://hub.test' })
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NAMES)
  assert.equal(proxy.asked[0], `GET http://hub.test${API.replace('GET ', '')}/revision/main`)
  process.env.NO_PROXY = 'hub.test'
  process.env.HF_ENDPOINT = 'http://other.hub.test'
  assert.equal((await refusal(resolveModel('org/other'))).code, 'hub-unreachable')
  const before = proxy.asked.length
  process.env.HTTP_PROXY = 'http://127.0.0.1:1'
  process.env.HF_ENDPOINT = proxy.url
  await refusal(resolveModel('org/other'))
  assert.ok(proxy.asked.length > before)
})

test('A commit that Python has fetched is used while the Hub is away', async () => {
  await using world = await openWorld()
  const commit = world.hub.add(ID, FILES)
  const { folder } = await resolveModel(ID)
  const trees = join(world.home, 'hub/models--org--vit/.trees')
  await rm(trees, { recursive: true })
  world.hub.fail('/api/models', 503, 3)
  assert.equal((await resolveModel(ID, { revision: commit })).folder, folder)
})

test('A push goes to a repository that is there, whoever may make new ones, and outlives a busy server', async () => {
  await using world = await openWorld({ HF_TOKEN: 'hf_own' })
  world.hub.add(ID, FILES)
  const { folder } = await resolveModel(ID, { token: 'hf_writer' })
  const commit: MirrorAnswer = { body: JSON.stringify({ commitOid: COMMIT, commitUrl: 'http://hub.test/c' }) }
  const answers: Record<string, MirrorAnswer> = {
    'POST /api/repos/create': { status: 403 },
    [`POST /api/models/${ID}/preupload/main`]: { body: JSON.stringify({ files: [] }) },
    [`POST /api/models/${ID}/commit/main`]: commit,
  }
  await using server = await openMirror(
    like((line, times) => {
      const answer = answers[line] ?? null
      return answer && times === 0 && !line.includes('create') ? { status: 503 } : answer
    }),
  )
  process.env.HF_ENDPOINT = server.url
  assert.equal((await pushToHub(folder, ID)).commit, COMMIT)
})
