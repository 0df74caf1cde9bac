// Models from a Hub on the loopback into a cache of their own, as a space or a user of Python would meet them.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { withinFolder } from '#vision/base-dir.ts'
import {
  fetchModel,
  listModels,
  pushToHub,
  type ResolveOptions,
  removeModel,
  resolveModel,
  type Transfer,
} from '#vision/hub/index.ts'
import { pipeline } from '#vision/index.ts'
import { gitBlobId, READER, sha256, WRITER } from '../helpers/hub-server.ts'
import { filesBelow, openWorld, refusal } from '../helpers/hub-world.ts'

const ID = 'space-lab/tiny-vit'
const graph = randomBytes(300_000)
const external = randomBytes(200_000)
const FILES = {
  'config.json': '{"model_type":"vit"}',
  'preprocessor_config.json': '{"image_processor_type":"ViTImageProcessor"}',
  'README.md': '# A model',
  'model.safetensors': randomBytes(150_000),
  'onnx/model.onnx': graph,
  'onnx/model.onnx_data': external,
  'onnx/model_quantized.onnx': randomBytes(1000),
}
const NEEDED = ['config.json', 'onnx/model.onnx', 'onnx/model.onnx_data', 'preprocessor_config.json']

test('A model comes into the cache as Python lays it out, with the graphs of one dtype only', async () => {
  await using world = await openWorld()
  const commit = world.hub.add(ID, FILES)
  const model = await resolveModel(ID)
  assert.deepEqual(model, { folder: join(world.repo, 'snapshots', commit), commit })
  assert.deepEqual(await filesBelow(model.folder), NEEDED)
  assert.deepEqual(await readFile(join(model.folder, 'onnx/model.onnx')), graph)
  assert.equal(await readFile(join(world.repo, 'refs/main'), 'utf8'), commit)
  assert.equal(await readlink(join(model.folder, 'onnx/model.onnx')), `../../../blobs/${sha256(graph)}`)
  const config = gitBlobId(Buffer.from(FILES['config.json']))
  assert.equal(await readlink(join(model.folder, 'config.json')), `../../blobs/${config}`)
  assert.equal((await readdir(join(world.repo, 'blobs'))).length, NEEDED.length)
})

test('What is in the cache is not fetched again: a branch costs one question, a commit none', async () => {
  await using world = await openWorld()
  const commit = world.hub.add(ID, FILES)
  const first = await resolveModel(ID)
  const asked = world.hub.requests.length
  assert.deepEqual(await resolveModel(ID), first)
  assert.equal(world.hub.requests.length, asked + 1)
  assert.deepEqual(await resolveModel(ID, { revision: commit }), first)
  assert.equal(world.hub.requests.length, asked + 1)
})

test('A new commit on the branch is fetched, and only its changed files travel', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  await resolveModel(ID)
  const sent = world.hub.sentBytesOf('onnx/model.onnx')
  const second = world.hub.add(ID, { ...FILES, 'config.json': '{"model_type":"deit"}' })
  const { folder, commit } = await resolveModel(ID)
  assert.equal(commit, second)
  assert.equal(await readFile(join(folder, 'config.json'), 'utf8'), '{"model_type":"deit"}')
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), sent)
})

test('Revisions are branches, pull requests and commits', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const proposed = world.hub.add(ID, { ...FILES, 'config.json': '{}' }, { revision: 'refs/pr/2' })
  assert.equal((await resolveModel(ID, { revision: 'refs/pr/2' })).commit, proposed)
  assert.equal(await readFile(join(world.repo, 'refs/refs/pr/2'), 'utf8'), proposed)
})

test('Another dtype adds its files to the same snapshot', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const { folder } = await resolveModel(ID, { dtype: 'q8' })
  assert.deepEqual(await filesBelow(join(folder, 'onnx')), ['model_quantized.onnx'])
  await resolveModel(ID, { dtype: 'fp32' })
  assert.deepEqual(await filesBelow(join(folder, 'onnx')), ['model.onnx', 'model.onnx_data', 'model_quantized.onnx'])
})

test('A dtype that the repository lacks is refused with the graphs it has', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const { code, details } = await refusal(resolveModel(ID, { dtype: 'q4' }))
  assert.equal(code, 'model-file-missing')
  assert.deepEqual(details, {
    model: ID,
    file: 'onnx/model_q4.onnx',
    found: ['onnx/model.onnx', 'onnx/model_quantized.onnx'],
    dtypes: ['fp32', 'q8'],
  })
})

test('What a repository advises is fetched and opened; what the caller says comes before', async () => {
  await using world = await openWorld()
  const advice = { dtype: { model: 'q8' }, use_external_data_format: { 'model.onnx': 1 } }
  const config = JSON.stringify({ model_type: 'vit', 'transformers.js_config': advice })
  world.hub.add(ID, { ...FILES, 'config.json': config })
  const transfers: Transfer[] = []
  const { folder } = await resolveModel(ID, { onProgress: (transfer) => transfers.push(transfer) })
  assert.deepEqual(await filesBelow(join(folder, 'onnx')), ['model_quantized.onnx'])
  assert.deepEqual([...new Set(transfers.map(({ file }) => file))].sort(), await filesBelow(folder))
  const asked = world.hub.requests.length
  assert.deepEqual((await resolveModel(ID)).folder, folder)
  assert.equal(world.hub.requests.length, asked + 1)
  await resolveModel(ID, { dtype: 'fp32' })
  assert.deepEqual(await filesBelow(join(folder, 'onnx')), ['model.onnx', 'model.onnx_data', 'model_quantized.onnx'])
})

test('Weights in files of any name come with the graph that names them', async () => {
  await using world = await openWorld()
  const name = 'vit.layer.0.weight'
  const naming = Buffer.concat([Buffer.from('\n\x08location\x12'), Buffer.from([name.length]), Buffer.from(name)])
  world.hub.add(ID, { 'config.json': '{}', 'onnx/model.onnx': naming, [`onnx/${name}`]: external, 'onnx/other': 'x' })
  const { folder } = await resolveModel(ID)
  assert.deepEqual(await filesBelow(join(folder, 'onnx')), ['model.onnx', name])
  assert.equal(await resolveModel(ID).then((again) => again.folder), folder)
})

test('A listing in many pages is read to its end', async () => {
  await using world = await openWorld()
  world.hub.pageSize = 2
  world.hub.add(ID, FILES)
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
})

test('At most four files travel at once', async () => {
  await using world = await openWorld()
  const names = Array.from({ length: 9 }, (_, index) => `part${index}.json`)
  world.hub.add(ID, Object.fromEntries(names.map((name) => [name, `{"name":"${name}"}`])))
  const holds = names.map((name) => ({ name, hold: world.hub.hold(name, 3) }))
  const fetched = resolveModel(ID)
  await world.hub.seen('/resolve/', 4)
  const asked = () => world.hub.requests.filter(({ path }) => path.includes('/resolve/')).length
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(asked(), 4)
  for (const { hold } of holds) hold.resume()
  await fetched
  assert.equal(asked(), names.length)
})

test('Progress names each file with its bytes, from nothing to all', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const transfers: Transfer[] = []
  await resolveModel(ID, { onProgress: (transfer) => transfers.push(transfer) })
  assert.deepEqual(
    transfers
      .slice(0, NEEDED.length)
      .map(({ file }) => file)
      .sort(),
    NEEDED,
  )
  const ofGraph = transfers.filter(({ file }) => file === 'onnx/model.onnx')
  assert.equal(ofGraph[0]?.receivedBytes, 0)
  assert.equal(ofGraph.at(-1)?.receivedBytes, graph.byteLength)
  assert.ok(ofGraph.every(({ totalBytes }) => totalBytes === graph.byteLength))
  const counts = ofGraph.map(({ receivedBytes }) => receivedBytes)
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
  )
})

/** Cuts the transfer of the graph once the client has so many bytes on its disk. */
function cutAt(hub: { hold(file: string, afterBytes: number): { cut(): void } }, bytes: number): ResolveOptions {
  const hold = hub.hold('onnx/model.onnx', bytes)
  return {
    onProgress: ({ file, receivedBytes }) => {
      if (file === 'onnx/model.onnx' && receivedBytes === bytes) hold.cut()
    },
  }
}

test('A download that is cut goes on where it was, so that every byte travels once', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const { folder } = await resolveModel(ID, cutAt(world.hub, 120_000))
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
  const ranges = world.hub.requests.filter(({ host, path }) => host === 'cdn' && path.includes('model.onnx&'))
  assert.deepEqual(
    ranges.map(({ range, sentBytes }) => [range, sentBytes]),
    [
      [null, 120_000],
      ['bytes=120000-', 180_000],
    ],
  )
})

test('Where ranges are not understood, the rest is taken from a whole answer', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.knowsRanges = false
  const { folder } = await resolveModel(ID, cutAt(world.hub, 120_000))
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), 120_000 + graph.byteLength)
})

test('A download that stands still is taken up again', async () => {
  await using world = await openWorld({ HF_HUB_DOWNLOAD_TIMEOUT: '0.2' })
  world.hub.add(ID, FILES)
  world.hub.hold('onnx/model.onnx', 50_000)
  const { folder } = await resolveModel(ID)
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), graph.byteLength)
})

test('A download that was cancelled keeps its bytes for the next one', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.hold('onnx/model.onnx', 90_000)
  const controller = new AbortController()
  const reason = new Error('enough')
  const stopped = resolveModel(ID, {
    signal: controller.signal,
    onProgress: ({ file, receivedBytes }) => {
      if (file === 'onnx/model.onnx' && receivedBytes === 90_000) controller.abort(reason)
    },
  })
  await assert.rejects(stopped, (error) => error === reason)
  const { size } = await stat(join(world.repo, 'blobs', `${sha256(graph)}.spaces.incomplete`))
  assert.equal(size, 90_000)
  await resolveModel(ID)
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), graph.byteLength)
})

test('Bytes that do not fit their checksum are fetched once more', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.spoil('onnx/model.onnx')
  world.hub.spoil('config.json')
  const { folder } = await resolveModel(ID)
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
  assert.equal(await readFile(join(folder, 'config.json'), 'utf8'), FILES['config.json'])
})

test('Bytes that stay wrong are refused, and nothing of them is kept', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.spoil('onnx/model.onnx', 2)
  const { code, details } = await refusal(resolveModel(ID))
  assert.equal(code, 'model-broken')
  assert.equal(details.file, 'onnx/model.onnx')
  assert.match(String(details.reason), /checksum/)
  assert.ok(!(await readdir(join(world.repo, 'blobs'))).some((name) => name.startsWith(sha256(graph))))
})

test('An error of the content network is tried again', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.fail('/resolve/', 503)
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
})

test('A Hub that is busy for a moment is asked again', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.fail('/revision/', 429)
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
})

test('A page that is not the Hub’s is told from a model that is not there', async () => {
  await using world = await openWorld()
  world.hub.fail('/revision/', 200)
  world.hub.add(ID, FILES)
  const { code, message } = await refusal(resolveModel(ID))
  assert.equal(code, 'hub-unreachable')
  assert.match(message, /a page that is not JSON|an answer without a commit/)
})

test('A listing that would write outside the cache is refused', async () => {
  await using world = await openWorld()
  world.hub.add(ID, { ...FILES, '../../../escaped.json': '{}' })
  const { code, details } = await refusal(resolveModel(ID))
  assert.equal(code, 'model-broken')
  assert.equal(details.file, '../../../escaped.json')
})

test('A model with external data runs out of the cache', async () => {
  await using world = await openWorld()
  const fixture = fileURLToPath(new URL('../fixtures/hf-tiny/variants/vit_external', import.meta.url))
  const files: Record<string, Uint8Array> = {}
  for (const path of await filesBelow(fixture)) files[path] = await readFile(join(fixture, path))
  world.hub.add(ID, files)
  await using classify = await pipeline('image-classification', ID)
  const [first] = await classify(fileURLToPath(new URL('../fixtures/hf-tiny/input/img.png', import.meta.url)))
  const { output } = JSON.parse(await readFile(join(fixture, 'expected.json'), 'utf8')) as {
    output: { label: string }[]
  }
  assert.equal(first?.label, output[0]?.label)
})

test('Where links are not wanted, the snapshot holds the files themselves', async () => {
  await using world = await openWorld({ HF_HUB_DISABLE_SYMLINKS: '1' })
  world.hub.add(ID, FILES)
  const { folder } = await resolveModel(ID)
  await assert.rejects(readlink(join(folder, 'config.json')), { code: 'EINVAL' })
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
})

test('The token goes to the Hub and never to the content network', async () => {
  await using world = await openWorld({ HF_TOKEN: READER })
  world.hub.add(ID, FILES, { private: true })
  await resolveModel(ID)
  const hub = world.hub.requests.filter(({ host }) => host === 'hub')
  assert.ok(hub.length > 0 && hub.every(({ authorization }) => authorization === `Bearer ${READER}`))
  const cdn = world.hub.requests.filter(({ host }) => host === 'cdn')
  assert.ok(cdn.length > 0 && cdn.every(({ authorization }) => authorization === null))
})

test('The token that Python’s login has written is used', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES, { private: true })
  await writeFile(join(world.home, 'token'), `${READER}\n`)
  assert.deepEqual(await filesBelow((await resolveModel(ID)).folder), NEEDED)
})

test('A private model without a token, a wrong token, a gated model and a missing one are told apart', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES, { private: true })
  world.hub.add('space-lab/gated', FILES, { gated: true })
  const unknown = await refusal(resolveModel(ID))
  assert.equal(unknown.code, 'hub-denied')
  assert.match(unknown.message, /no public model of this name.*set HF_TOKEN/s)
  const wrong = await refusal(resolveModel(ID, { token: 'hf_wrong' }))
  assert.match(wrong.message, /does not accept the token/)
  const gated = await refusal(resolveModel('space-lab/gated', { token: READER }))
  assert.equal(gated.code, 'hub-denied')
  assert.match(gated.message, /agree there/)
  const absent = await refusal(resolveModel('space-lab/absent', { token: READER }))
  assert.equal(absent.code, 'model-missing')
  const revision = await refusal(resolveModel(ID, { token: READER, revision: 'v9' }))
  assert.equal(revision.code, 'model-missing')
  assert.match(revision.message, /no such revision/)
})

test('A file that somebody names and the repository lacks is named in the refusal', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const { code, details } = await refusal(resolveModel(ID, { files: ['onnx/vision_encoder.onnx'] }))
  assert.equal(code, 'model-file-missing')
  assert.equal(details.file, 'onnx/vision_encoder.onnx')
})

test('While the Hub is away, what the cache has is used; a model it lacks is refused with the address', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const fetched = await resolveModel(ID)
  process.env.HF_ENDPOINT = 'http://127.0.0.1:9'
  assert.deepEqual(await resolveModel(ID), fetched)
  const { code, message } = await refusal(resolveModel('space-lab/other'))
  assert.equal(code, 'hub-unreachable')
  assert.match(message, /http:\/\/127\.0\.0\.1:9/)
})

test('Offline, nothing is asked, and what the cache lacks is named with the command that fetches it', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  const fetched = await resolveModel(ID)
  const asked = world.hub.requests.length
  process.env.HF_HUB_OFFLINE = '1'
  assert.deepEqual(await resolveModel(ID), fetched)
  const file = await refusal(resolveModel(ID, { dtype: 'q8' }))
  assert.equal(file.code, 'model-offline')
  assert.match(
    file.message,
    /onnx\/model_quantized\.onnx in the cache.*HF_HUB_OFFLINE.*spaces models fetch space-lab\/tiny-vit/s,
  )
  const model = await refusal(resolveModel('space-lab/other'))
  assert.equal(model.code, 'model-offline')
  assert.equal(world.hub.requests.length, asked)
})

test('A model that Python put into the cache is found offline', async () => {
  await using world = await openWorld({ HF_HUB_OFFLINE: '1' })
  const commit = 'a'.repeat(40)
  const folder = join(world.repo, 'snapshots', commit)
  await mkdir(join(folder, 'onnx'), { recursive: true })
  await mkdir(join(world.repo, 'refs'))
  await writeFile(join(world.repo, 'refs/main'), commit)
  await writeFile(join(folder, 'config.json'), '{}')
  await writeFile(join(folder, 'onnx/model.onnx'), graph)
  assert.deepEqual(await resolveModel(ID), { folder, commit })
  assert.equal((await refusal(resolveModel(ID, { dtype: 'fp16' }))).code, 'model-offline')
})

test('A folder is taken as it is, relative to the space, and comes before a repository of the same name', async () => {
  await using world = await openWorld({ HF_HUB_OFFLINE: '1' })
  const model = join(world.home, 'model')
  await mkdir(model)
  assert.deepEqual(await withinFolder(world.home, () => resolveModel('./model')), { folder: model, commit: null })
  assert.deepEqual(await withinFolder(world.home, () => resolveModel('model')), { folder: model, commit: null })
  const { code, message } = await refusal(resolveModel('./not-there'))
  assert.equal(code, 'model-missing')
  assert.match(message, /no such folder/)
  assert.equal((await refusal(resolveModel('what is this'))).code, 'model-missing')
  assert.equal((await refusal(fetchModel('../../etc'))).code, 'model-missing')
})

test('A disk that refuses is named, with what to do', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  await writeFile(join(world.home, 'not-a-folder'), '')
  process.env.HF_HUB_CACHE = join(world.home, 'not-a-folder', 'hub')
  const { code } = await refusal(resolveModel(ID))
  assert.equal(code, 'cache-unwritable')
})

const program = fileURLToPath(new URL('../helpers/programs/resolve-model.ts', import.meta.url))

interface Fetching extends Disposable {
  readonly child: ChildProcess
  readonly output: Promise<string>
  saw(line: string): Promise<void>
}

function startFetching(): Fetching {
  const child = spawn(process.execPath, ['--conditions=spaces-source', '--import', 'tsx', program, ID], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  const saw = (line: string) =>
    new Promise<void>((resolve) => {
      const look = () => text.includes(`${line}\n`) && resolve()
      child.stdout.on('data', look)
      look()
    })
  child.stdout.on('data', (chunk: string) => {
    text += chunk
  })
  const output = new Promise<string>((resolve) => child.on('close', () => resolve(text)))
  return { child, output, saw, [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

test('Two processes that fetch the same model at once share one download and one cache', async () => {
  await using world = await openWorld()
  const commit = world.hub.add(ID, FILES)
  const hold = world.hub.hold('onnx/model.onnx', 100_000)
  using first = startFetching()
  using second = startFetching()
  await world.hub.seen('/revision/', 2)
  await hold.reached
  hold.resume()
  for (const { output } of [first, second]) assert.match(await output, new RegExp(`done ${commit} `))
  const folder = join(world.repo, 'snapshots', commit)
  assert.deepEqual(await filesBelow(folder), NEEDED)
  for (const [path, bytes] of [
    ['onnx/model.onnx', graph],
    ['onnx/model.onnx_data', external],
  ] as const) {
    assert.deepEqual(await readFile(join(folder, path)), bytes)
    assert.equal(world.hub.sentBytesOf(path), bytes.byteLength)
  }
  assert.equal((await readdir(join(world.repo, 'blobs'))).length, NEEDED.length)
})

test('What a process had fetched when it was killed is taken over by the next one', async () => {
  await using world = await openWorld()
  world.hub.add(ID, FILES)
  world.hub.hold('onnx/model.onnx', 130_000)
  using killed = startFetching()
  await killed.saw('onnx/model.onnx 130000')
  killed.child.kill('SIGKILL')
  await killed.output
  const { folder } = await resolveModel(ID)
  assert.deepEqual(await readFile(join(folder, 'onnx/model.onnx')), graph)
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), graph.byteLength)
})

test('The cache is listed, and cleared by model or by revision', async () => {
  await using world = await openWorld()
  const first = world.hub.add(ID, FILES)
  await fetchModel(ID)
  const second = world.hub.add(ID, { ...FILES, 'onnx/model.onnx': randomBytes(5000) })
  await fetchModel(ID)
  const [model, ...others] = await listModels()
  assert.deepEqual(others, [])
  assert.equal(model?.id, ID)
  assert.deepEqual(model?.revisions.find(({ commit }) => commit === second)?.refs, ['main'])
  assert.deepEqual(model?.revisions.find(({ commit }) => commit === first)?.files, NEEDED)
  assert.deepEqual(await removeModel(ID, { revision: first }), { freedBytes: graph.byteLength })
  const [left] = await listModels()
  assert.deepEqual(
    left?.revisions.map(({ commit }) => commit),
    [second],
  )
  assert.deepEqual(await readFile(join(world.repo, 'snapshots', second, 'onnx/model.onnx_data')), external)
  await removeModel(ID)
  assert.deepEqual(await listModels(), [])
  await assert.rejects(stat(world.repo), { code: 'ENOENT' })
  assert.equal((await refusal(removeModel(ID))).code, 'model-missing')
})

test('A folder is pushed to a new repository, and comes back the same', async () => {
  await using world = await openWorld({ HF_TOKEN: WRITER })
  const folder = join(world.home, 'trained')
  await mkdir(join(folder, 'onnx'), { recursive: true })
  await mkdir(join(folder, '.git'))
  await writeFile(join(folder, '.git/HEAD'), 'ref: refs/heads/main')
  await writeFile(join(folder, 'config.json'), FILES['config.json'])
  await writeFile(join(folder, 'onnx/model.onnx'), graph)
  const sent: string[] = []
  const pushed = await pushToHub(folder, 'space-lab/pushed', {
    message: 'First',
    onProgress: ({ file }) => sent.push(file),
  })
  assert.deepEqual(pushed.files, ['config.json', 'onnx/model.onnx'])
  assert.deepEqual(sent.sort(), pushed.files)
  const model = await resolveModel('space-lab/pushed')
  assert.equal(model.commit, pushed.commit)
  assert.deepEqual(await readFile(join(model.folder, 'onnx/model.onnx')), graph)
  await writeFile(join(folder, 'config.json'), '{"model_type":"deit"}')
  const again = await pushToHub(folder, 'space-lab/pushed')
  assert.notEqual(again.commit, pushed.commit)
  assert.equal(world.hub.read('space-lab/pushed')['config.json'], '{"model_type":"deit"}')
  assert.equal(world.hub.requests.filter(({ method }) => method === 'PUT').length, 1)
})

test('A push without a token, with one that may only read, or of nothing is refused', async () => {
  await using world = await openWorld()
  const folder = join(world.home, 'trained')
  assert.equal((await refusal(pushToHub(folder, 'space-lab/pushed'))).code, 'model-missing')
  await mkdir(folder)
  await writeFile(join(folder, 'config.json'), '{}')
  const without = await refusal(pushToHub(folder, 'space-lab/pushed'))
  assert.equal(without.code, 'hub-denied')
  assert.match(without.message, /HF_TOKEN/)
  const reader = await refusal(pushToHub(folder, 'space-lab/pushed', { token: READER }))
  assert.equal(reader.code, 'hub-denied')
  assert.match(reader.message, /right to do this/)
})
