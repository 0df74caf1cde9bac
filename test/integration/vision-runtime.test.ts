import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as nextTick } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isSpaceError, type SpaceError } from '../../framework/core/errors.ts'
import { withinFolder } from '../../framework/vision/base-dir.ts'
import { createImage, openImage, pipeline } from '../../framework/vision/index.ts'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { configureRuntime } from '../../framework/vision/runtime/settings.ts'
import { WorkerThread } from '../../framework/vision/runtime/worker-thread.ts'
import { openWorkers } from '../../framework/vision/runtime/workers.ts'

const models = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
const vit = join(models, 'vit')
const photo = join(models, 'input/img.png')

after(closeRuntime)

const failure = async (work: () => Promise<unknown>): Promise<SpaceError> => {
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(isSpaceError(error), `expected a SpaceError, got ${error}`)
  return error
}

/** A changed copy of the model, gone after the test. */
function copyOfModel(change: (folder: string) => void, from = vit) {
  const folder = mkdtempSync(join(tmpdir(), 'spaces-model-'))
  cpSync(from, folder, { recursive: true })
  change(folder)
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

test('one picture gives one answer and a list gives a list, whatever the picture came as', async () => {
  await using classify = await pipeline('image-classification', vit)
  const bytes = readFileSync(photo)
  const image = await openImage(bytes)
  const pixels = createImage(await image.rgb())
  const wanted = await classify(photo, { top_k: 2 })
  assert.equal(wanted.length, 2)
  const others = await classify([bytes, new Blob([bytes]), image, pixels, new URL(`file://${photo}`)], { top_k: 2 })
  assert.deepEqual(others, Array(5).fill(wanted))
  assert.deepEqual(bytes, readFileSync(photo), 'the caller keeps its bytes')
})

test('the last call says where its time went', async () => {
  await using classify = await pipeline('image-classification', vit)
  assert.equal(classify.timings, null)
  await classify(photo)
  for (const step of ['decode', 'preprocess', 'queue', 'run', 'postprocess'] as const) {
    assert.ok((classify.timings?.[step] ?? -1) >= 0, step)
  }
})

test('paths are relative to the folder of the space', async () => {
  await withinFolder(models, async () => {
    await using classify = await pipeline('image-classification', './vit')
    assert.deepEqual(await classify('input/img.png'), await classify(photo))
  })
})

test('the same model is loaded once, whoever asks, and stays until the last has gone', async () => {
  const first = await pipeline('image-classification', vit)
  const second = await pipeline('image-classification', vit)
  await first.dispose()
  await first.dispose()
  assert.equal((await second(photo)).length, 5)
  assert.equal((await failure(() => first(photo))).code, 'pipeline-disposed')
  await second.dispose()
})

test('a call that is given up rejects with the reason of its signal, and the next one is answered', async () => {
  await using classify = await pipeline('image-classification', vit)
  const reason = new Error('the visitor left')
  const early = AbortSignal.abort(reason)
  await assert.rejects(classify(photo, { signal: early }), reason)
  const cancel = new AbortController()
  const waiting = Array.from({ length: 12 }, () => classify(photo, { signal: cancel.signal }))
  cancel.abort(reason)
  for (const result of await Promise.allSettled(waiting)) {
    assert.equal(result.status, 'rejected')
    assert.equal((result as PromiseRejectedResult).reason, reason)
  }
  assert.equal((await classify(photo)).length, 5)
})

test('a queue that is full refuses', async () => {
  await using classify = await pipeline('image-classification', vit)
  configureRuntime({ maxQueue: 2 })
  try {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => classify(photo)))
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    assert.ok(refusals.length > 0)
    assert.ok(refusals.every((code) => code === 'queue-full'))
  } finally {
    configureRuntime({ maxQueue: 256 })
  }
})

test('a list that was let in waits however full the queue is, and is answered in its order', async () => {
  await using classify = await pipeline('image-classification', vit)
  configureRuntime({ maxQueue: 1 })
  try {
    const fractions: number[] = []
    const list = Array.from({ length: 20 }, () => photo)
    const lists = [classify(list, { onProgress: (fraction) => fractions.push(fraction) }), classify(list)]
    // The first takes all places, so that the other begins in the queue and soon has more calls in it than one.
    for (const answers of await Promise.all(lists)) assert.equal(answers.length, 20)
    assert.deepEqual(
      fractions,
      list.map((_, index) => (index + 1) / list.length),
    )
  } finally {
    configureRuntime({ maxQueue: 256 })
  }
})

test('a model that nobody calls is unloaded, and comes back with the next call', async () => {
  configureRuntime({ idleMinutes: 0 })
  try {
    await using classify = await pipeline('image-classification', vit)
    const wanted = await classify(photo)
    await nextTick()
    assert.deepEqual(await classify(photo), wanted)
  } finally {
    configureRuntime({ idleMinutes: 15 })
  }
})

test('a model that somebody pins stays, though it was about to be unloaded', async ({ mock }) => {
  configureRuntime({ idleMinutes: 0 })
  try {
    await using first = await pipeline('image-classification', vit)
    const close = mock.method(WorkerThread.prototype, 'close')
    await using pinned = await pipeline('image-classification', vit, { pin: true })
    await nextTick()
    assert.equal(close.mock.callCount(), 0)
    assert.deepEqual(await first(photo), await pinned(photo))
  } finally {
    configureRuntime({ idleMinutes: 15 })
  }
})

test('beyond the memory that models may take, the one that was idle longest makes room', async () => {
  const loaded = () => openWorkers().reduce((sum, { models }) => sum + models, 0)
  await using first = await pipeline('image-classification', vit)
  await using pinned = await pipeline('image-classification', join(models, 'mobilevit'), { pin: true })
  const wanted = await first(photo)
  await pinned(photo)
  assert.equal(loaded(), 2)
  configureRuntime({ memoryMB: 0.001 })
  try {
    await using second = await pipeline('depth-estimation', join(models, 'glpn'))
    assert.equal(loaded(), 2, 'the first went, the pinned one stayed')
    await second(photo)
    assert.deepEqual(await first(photo), wanted, 'and comes back with its next call')
    assert.equal(loaded(), 2)
  } finally {
    configureRuntime({ memoryMB: Infinity })
  }
})

test('a model that is closed while it runs still answers first', async () => {
  const classify = await pipeline('image-classification', vit)
  const answers = Promise.all([classify(photo), classify(photo)])
  await nextTick()
  await classify.dispose()
  assert.equal((await answers).length, 2)
  assert.ok(openWorkers().every(({ models }) => models === 0))
})

test('a worker that dies fails its calls with worker-crashed, and the next call has a new one', async () => {
  await using classify = await pipeline('image-classification', vit)
  const wanted = await classify(photo)
  const calls = Promise.allSettled([classify(photo), classify(photo)])
  await Promise.all(openWorkers().map((worker) => worker.terminate()))
  for (const result of await calls) {
    if (result.status === 'rejected') assert.equal(result.reason.code, 'worker-crashed')
    else assert.deepEqual(result.value, wanted)
  }
  assert.deepEqual(await classify(photo), wanted)
})

test('a model in several workers answers the same, its weights shared', async () => {
  const external = join(models, 'variants/vit_external')
  await using one = await pipeline('image-classification', external)
  await using several = await pipeline('image-classification', external, { workers: 2 })
  const wanted = await one(photo)
  for (const answer of await several(Array<string>(6).fill(photo))) {
    for (const [index, { label, score }] of wanted.entries()) {
      assert.equal(answer[index]?.label, label)
      assert.ok(Math.abs((answer[index]?.score ?? 0) - score) < 1e-6)
    }
  }
})

test('a task that nobody knows is refused with the one that was meant', async () => {
  const error = await failure(() => pipeline('image-clasification' as 'image-classification', vit))
  assert.equal(error.code, 'task-unsupported')
  assert.match(error.message, /Did you mean `image-classification`\?/)
})

test('a model that no worker can open leaves those alone that are open there', async () => {
  await using classify = await pipeline('image-classification', vit, { workers: 2 })
  using cut = copyOfModel((folder) => truncateSync(join(folder, 'onnx/model.onnx'), 5000))
  const workers = openWorkers()
  const answers = classify(Array<string>(8).fill(photo))
  const error = await failure(() => pipeline('image-classification', cut.folder, { workers: 2 }))
  assert.equal(error.code, 'model-broken')
  assert.equal((await answers).length, 8)
  assert.deepEqual(openWorkers(), workers)
  assert.ok(workers.every(({ models }) => models === 1))
})

test('a model that is not there, or not whole, is refused by the name of the file', async () => {
  assert.equal((await failure(() => pipeline('image-classification', './no-such-model'))).code, 'model-missing')

  using noGraph = copyOfModel((folder) => rmSync(join(folder, 'onnx/model.onnx')))
  const missing = await failure(() => pipeline('image-classification', noGraph.folder))
  assert.equal(missing.code, 'model-file-missing')
  assert.match(missing.message, /onnx\/model\.onnx/)

  using cut = copyOfModel((folder) => truncateSync(join(folder, 'onnx/model.onnx'), 5000))
  const broken = await failure(() => pipeline('image-classification', cut.folder))
  assert.equal(broken.code, 'model-broken')
  assert.match(broken.message, /onnx\/model\.onnx: it is no ONNX file, or not a whole one/)

  const external = join(models, 'variants/vit_external')
  using noWeights = copyOfModel((folder) => rmSync(join(folder, 'onnx/model.onnx_data')), external)
  const weights = await failure(() => pipeline('image-classification', noWeights.folder))
  assert.match(weights.message, /onnx\/model\.onnx: its weights in model\.onnx_data cannot be read/)
  assert.ok(!weights.message.includes(noWeights.folder), 'a visitor learns no path of the disk')

  using noJson = copyOfModel((folder) => writeFileSync(join(folder, 'config.json'), '{'))
  assert.match(
    (await failure(() => pipeline('image-classification', noJson.folder))).message,
    /config\.json: it is no JSON/,
  )

  using wrongDtype = copyOfModel(() => {})
  const dtype = await failure(() => pipeline('image-classification', wrongDtype.folder, { dtype: 'q4' }))
  assert.match(dtype.message, /onnx\/model_q4\.onnx/)
})

test('a process that opened a model and forgot it ends by itself', () => {
  const script = `
    import { pipeline } from ${JSON.stringify(new URL('../../framework/vision/index.ts', import.meta.url).href)}
    const classify = await pipeline('image-classification', ${JSON.stringify(vit)})
    console.log((await classify(${JSON.stringify(photo)}))[0].label)`
  const args = ['--conditions=spaces-source', '--import', 'tsx', '--input-type=module', '-e', script]
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  assert.equal(stdout.trim(), 'label_4', stderr)
  assert.equal(status, 0)
})

test('arguments that no worker can be sent are refused by name, and the next call goes on', async () => {
  await using classify = await pipeline('image-classification', vit)
  const call = classify as unknown as (...args: unknown[]) => Promise<unknown>
  for (const [args, message] of [
    [[() => photo], /arguments: expected pictures/],
    [[openImage(photo)], /await it first/],
    [[photo, { top_k: new WeakMap() }], /arguments: expected pictures/],
    [[photo, { signal: 'now' }], /signal: expected an AbortSignal/],
    [[photo, { onProgress: 5 }], /onProgress: expected a function/],
    [['http://'], /image: expected a URL/],
  ] as const)
    assert.match((await failure(() => call(...args))).message, message)
  assert.equal((await classify(photo)).length, 5)
  assert.ok(openWorkers().every(({ load }) => load === 0))
  const session_options = { extra: { session: () => photo } }
  const options = await failure(() => pipeline('image-classification', vit, { session_options }))
  assert.match(options.message, /options: expected pictures/)
})

test('models, options and execution providers that cannot be are refused by name', async () => {
  const open = pipeline as unknown as (...args: unknown[]) => Promise<unknown>
  for (const [args, message] of [
    [['image-classification', 3], /model: expected/],
    [['video-classification'], /model: expected/],
    [['image-classification', vit, null], /options: expected an object/],
    [['image-classification', vit, { workers: 0 }], /workers: expected a whole number/],
    [['image-classification', vit, { providers: ['abacus'] }], /providers: expected execution providers out of .*cpu/],
  ] as const)
    assert.match((await failure(() => open(...args))).message, message)
})

test('a model that lacks the names of its classes says where they should be', async () => {
  using nameless = copyOfModel((folder) => {
    const { id2label, ...config } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
    assert.ok(id2label)
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  })
  await using classify = await pipeline('image-classification', nameless.folder)
  assert.match((await failure(() => classify(photo))).message, /config\.json: it has no name for class \d.*id2label/)
  writeFileSync(join(nameless.folder, 'config.json'), '[]')
  const unread = await failure(() => pipeline('object-detection', nameless.folder))
  assert.match(unread.message, /config\.json: expected an object/)
})
