// What the Hub of 2025 does beside giving files out: redirects, limits, mirrors, renamed repositories, three ways to upload.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { modelInfo, pushToHub, resolveModel } from '#vision/hub/index.ts'
import { READER, WRITER } from '../helpers/hub-server.ts'
import { filesBelow, openWorld, refusal } from '../helpers/hub-world.ts'

const ID = 'space-lab/tiny-vit'
const graph = randomBytes(300_000)
const FILES = { 'config.json': '{"model_type":"vit"}', 'onnx/model.onnx': graph }
const NEEDED = Object.keys(FILES)

test('Small files may come by a redirect within the Hub, and keep their token on the way', async () => {
  await using world = await openWorld({ HF_TOKEN: READER })
  world.hub.redirectsSmallFiles = true
  world.hub.add(ID, FILES, { private: true })
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
  assert.ok(world.hub.requests.some(({ path }) => path.includes('/resolve-cache/')))
})

test('A repository that got another name is found under its old one', async () => {
  await using world = await openWorld()
  const commit = world.hub.add('space-lab/former', FILES)
  world.hub.rename('space-lab/former', 'space-lab/current')
  const model = await resolveModel('space-lab/former')
  assert.equal(model.commit, commit)
  assert.deepEqual(await filesBelow(model.folder), NEEDED)
})

test('A mirror may lie in a folder of its host', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER }, { basePath: '/api/huggingface/hub' })
  world.hub.pageSize = 1
  world.hub.add(ID, FILES)
  const { folder } = await resolveModel(ID)
  assert.deepEqual(await filesBelow(folder), NEEDED)
  const { commit } = await pushToHub(folder, 'space-lab/pushed')
  assert.equal((await resolveModel('space-lab/pushed')).commit, commit)
})

test('A mirror may lack trees, and have ids of its own for small files', async () => {
  await using world = await openWorld()
  world.hub.knowsTrees = false
  world.hub.add(ID, FILES)
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
  for (const [index, knowsTrees] of [true, false].entries()) {
    Object.assign(world.hub, { knowsTrees, idOf: (path: string) => `nexus-${path.length}-${index}` })
    world.hub.add(`space-lab/mirrored-${index}`, FILES)
    assert.deepEqual(await filesBelow((await resolveModel(`space-lab/mirrored-${index}`)).folder), NEEDED)
  }
  const unknown = await refusal(resolveModel(ID, { revision: 'f'.repeat(40) }))
  assert.match(unknown.message, /no such revision/)
})

test('An endpoint that is no address is refused in words', async () => {
  await using _ = await openWorld()
  for (const endpoint of ['huggingface.co', 'ftp://huggingface.co']) {
    process.env.HF_ENDPOINT = endpoint
    assert.match((await refusal(resolveModel(ID))).message, /got no address: HF_ENDPOINT begins with/)
  }
})

test('A Hub that asks to wait is asked again after that; one that asks for too long is not', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  for (const part of ['/revision/', '/tree/', '/resolve/']) world.hub.fail(part, 429, 2, { 'retry-after': '0' })
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
  world.hub.fail('/revision/', 429, 1, { 'retry-after': '3600' })
  const { code, message } = await refusal(resolveModel('space-lab/other'))
  assert.equal(code, 'hub-unreachable')
  assert.match(message, /too many requests \(429\) and the wish to wait 3600 s/)
})

test('A model for PyTorch alone is refused before anything of it is fetched, with where to look', async () => {
  await using world = await openWorld()
  world.hub.add(ID, { 'config.json': '{"model_type":"vit"}', 'model.safetensors': randomBytes(2000) })
  const { code, message } = await refusal(resolveModel(ID))
  assert.equal(code, 'model-file-missing')
  assert.match(message, /onnx\/model\.onnx.*model\.safetensors.*Optimum.*onnx-community/s)
  assert.equal(world.hub.sentBytesOf('model.safetensors'), 0)
})

test('A model of a kind that does not run here is refused before its weights are fetched', async () => {
  await using world = await openWorld()
  world.hub.add(ID, { ...FILES, 'config.json': '{"model_type":"smolvlm"}' })
  const { code, message } = await refusal(resolveModel(ID, { task: 'image-to-text' }))
  assert.equal(code, 'model-unsupported')
  assert.match(message, /smolvlm, a language model that is shown pictures.*Florence-2/s)
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), 0)
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
})

test('A gated model says where to ask for it, with a token and without', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES, { gated: true })
  for (const options of [{}, { token: READER }]) {
    const { message } = await refusal(resolveModel(ID, options))
    assert.ok(message.includes(`Open ${world.hub.url}/${ID}, agree there`), message)
  }
  assert.deepEqual(await filesBelow((await resolveModel(ID, { token: WRITER })).folder), NEEDED)
})

test('Tags are revisions like branches, and a short commit is none', async () => {
  await using world = await openWorld()
  const tagged = world.hub.add(ID, { 'config.json': '{}', 'onnx/model.onnx': 'first' }, { revision: 'v1.0' })
  world.hub.add(ID, FILES)
  const { folder, commit } = await resolveModel(ID, { revision: 'v1.0' })
  assert.equal(commit, tagged)
  assert.equal(await readFile(join(folder, 'onnx/model.onnx'), 'utf8'), 'first')
  assert.equal((await refusal(resolveModel(ID, { revision: tagged.slice(0, 8) }))).code, 'model-missing')
})

test('A cache that cannot note anything serves what it has', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const first = await resolveModel(ID)
  for (const name of ['.trees', 'refs']) {
    await rm(join(world.repo, name), { recursive: true })
    await writeFile(join(world.repo, name), 'no folder')
  }
  assert.deepEqual(await resolveModel(ID), first)
  const more = await refusal(resolveModel('space-lab/other'))
  assert.equal(more.code, 'hub-denied')
})

test('A commit in the cache needs no Hub, whatever was made of its branch', async () => {
  await using world = await openWorld()
  const commit = world.hub.add(ID, FILES)
  await resolveModel(ID)
  world.hub.add(ID, { ...FILES, 'config.json': '{}' })
  const asked = world.hub.requests.length
  assert.equal((await resolveModel(ID, { revision: commit })).commit, commit)
  assert.equal(world.hub.requests.length, asked)
})

test('What a repository holds is told by the Hub, and by the cache where the Hub is not asked', async () => {
  await using world = await openWorld()
  const data = randomBytes(5000)
  const config = JSON.stringify({ 'transformers.js_config': { dtype: 'q4' } })
  world.hub.add(ID, {
    'config.json': config,
    'onnx/model_q4.onnx': 'graph',
    'onnx/model_q4.onnx_data': data,
    ...{ 'onnx/model.onnx': graph },
  })
  const before = await modelInfo(ID)
  const of = (info: typeof before, path: string) => info.files.find((file) => file.path === path)
  const q4 = { path: 'onnx/model_q4.onnx', dtype: 'q4', byteLength: 5005, isCached: false }
  assert.deepEqual(of(before, q4.path), q4)
  assert.deepEqual(before.wanted.paths, ['config.json', 'onnx/model_q4.onnx', 'onnx/model_q4.onnx_data'])
  assert.equal((await refusal(modelInfo('space-lab/none'))).code, 'hub-denied')
  await resolveModel(ID)
  process.env.HF_HUB_OFFLINE = '1'
  const after = await modelInfo(ID)
  assert.deepEqual(of(after, q4.path), { ...q4, isCached: true })
  assert.equal(of(after, 'onnx/model.onnx')?.isCached, false)
  assert.deepEqual(after.wanted, before.wanted)
  await rm(join(world.repo, '.trees'), { recursive: true })
  const seen = await modelInfo(ID)
  assert.deepEqual(seen.wanted, before.wanted)
  assert.equal(of(seen, 'onnx/model.onnx'), undefined)
  assert.equal((await refusal(modelInfo('space-lab/none'))).code, 'model-offline')
})

test('What a repository holds is told whatever its configuration is, for the cache that is named', async () => {
  await using world = await openWorld()
  const config = '{ "limit": Infinity, "transformers.js_config": { "dtype": "q8" } }'
  world.hub.add(ID, { ...FILES, 'config.json': config, 'onnx/model_quantized.onnx': graph })
  await resolveModel(ID)
  const cacheFolder = join(world.home, 'other')
  const [here, elsewhere] = [await modelInfo(ID), await modelInfo(ID, { cacheFolder })]
  assert.ok(here.wanted.paths.includes('onnx/model_quantized.onnx'))
  assert.deepEqual(here.wanted, elsewhere.wanted)
  assert.ok(here.files.some(({ isCached }) => isCached) && !elsewhere.files.some(({ isCached }) => isCached))
  const asked = world.hub.requests.length
  assert.deepEqual((await modelInfo(ID, { online: false })).wanted, here.wanted)
  assert.equal(world.hub.requests.length, asked)
})

async function folderWith(home: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = join(home, 'trained')
  await mkdir(join(folder, 'onnx'), { recursive: true })
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content)
  return folder
}

test('A large file is pushed in parts where the Hub takes it so', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER })
  world.hub.transfer = 'multipart'
  const told: string[] = []
  const folder = await folderWith(world.home, FILES)
  await pushToHub(folder, 'space-lab/pushed', { onProgress: ({ file }) => told.push(file) })
  assert.equal(world.hub.requests.filter(({ path }) => path.startsWith('/parts/')).length, 3)
  assert.deepEqual(told.toSorted(), NEEDED)
  const model = await resolveModel('space-lab/pushed')
  assert.deepEqual(await readFile(join(model.folder, 'onnx/model.onnx')), graph)
})

test('A Hub that stores chunks gets them with the key of its store, which the token never sees', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER })
  world.hub.transfer = 'xet'
  const folder = await folderWith(world.home, FILES)
  const { files } = await pushToHub(folder, 'space-lab/pushed')
  assert.deepEqual(files, NEEDED)
  const toStore = world.hub.requests.filter(({ path }) => path.startsWith('/store/'))
  assert.ok(toStore.length >= 2)
  assert.ok(toStore.every(({ authorization }) => authorization === 'Bearer xet_write'))
})

test('A branch to push to is made where it is not there', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER })
  const folder = await folderWith(world.home, FILES)
  await pushToHub(folder, 'space-lab/pushed')
  await writeFile(join(folder, 'config.json'), '{"model_type":"deit"}')
  for (const _ of [1, 2]) await pushToHub(folder, 'space-lab/pushed', { revision: 'next' })
  assert.equal(world.hub.read('space-lab/pushed', 'next')['config.json'], '{"model_type":"deit"}')
  assert.equal(world.hub.read('space-lab/pushed')['config.json'], FILES['config.json'])
})

test('A name that somebody else has is told from a token without rights', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER })
  const folder = await folderWith(world.home, FILES)
  world.hub.add('somebody/model', FILES)
  world.hub.fail('/preupload/', 403)
  const taken = await refusal(pushToHub(folder, 'somebody/model'))
  assert.equal(taken.code, 'hub-denied')
  assert.match(taken.message, /there already, and this account may not write to it.*another name/s)
})

test('What was pushed is not fetched into the cache by itself', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER })
  await pushToHub(await folderWith(world.home, FILES), 'space-lab/pushed')
  await assert.rejects(stat(join(world.home, 'hub')), { code: 'ENOENT' })
})
