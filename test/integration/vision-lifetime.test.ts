// How models come and go, and how a process ends that uses some.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as nextTick } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pipeline } from '../../framework/vision/index.ts'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { configureRuntime } from '../../framework/vision/runtime/settings.ts'
import { WorkerThread } from '../../framework/vision/runtime/worker-thread.ts'
import { openWorkers } from '../../framework/vision/runtime/workers.ts'
import { type Node, writeOnnx } from '../bench/vision/onnx-file.ts'

const models = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
const vit = join(models, 'vit')
const photo = join(models, 'input/img.png')
const door = JSON.stringify(new URL('../../framework/vision/index.ts', import.meta.url).href)
const noVideo = await import('node-av').then(
  () => false,
  () => 'node-av is not installed',
)

const folder = mkdtempSync(join(tmpdir(), 'spaces-lifetime-'))
after(async () => {
  await closeRuntime()
  rmSync(folder, { recursive: true })
})

const modelsLoaded = () => openWorkers().reduce((sum, worker) => sum + worker.models, 0)

function runScript(script: string) {
  const args = ['--conditions=spaces-source', '--import', 'tsx', '--input-type=module', '-e', script]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  return { status, signal, stdout, stderr }
}

/** A graph that keeps a core busy for a good while: a square matrix times itself, many times. */
function slowGraph(): string {
  const path = join(folder, 'slow.onnx')
  const nodes: Node[] = Array.from({ length: 40 }, (_, index) => ({
    op: 'MatMul',
    inputs: [index === 0 ? 'x' : `y${index}`, 'x'],
    output: `y${index + 1}`,
  }))
  const side = { dims: [512, 512] }
  writeOnnx(path, { nodes, weights: [], input: { name: 'x', ...side }, output: { name: 'y40', ...side } }, null)
  return path
}

test('a model that is opened again while it is still being closed works, even in the only worker', async () => {
  configureRuntime({ workers: 1 })
  try {
    for (const calls of [0, 1, 3]) {
      const first = await pipeline('image-classification', vit)
      const answers = Array.from({ length: calls }, () => first(photo))
      const closed = first.dispose()
      await nextTick()
      await using second = await pipeline('image-classification', vit)
      await Promise.all([...answers, closed])
      assert.equal((await second(photo)).length, 5)
      assert.equal(modelsLoaded(), 1)
    }
    assert.equal(modelsLoaded(), 0)
  } finally {
    configureRuntime({ workers: 2 })
  }
})

test('a model that somebody asks for before its last calls have ended is not loaded again', async ({ mock }) => {
  const open = mock.method(WorkerThread.prototype, 'open')
  const first = await pipeline('image-classification', vit)
  const answers = Promise.all([first(photo), first(photo)])
  const closed = first.dispose()
  await using second = await pipeline('image-classification', vit)
  await Promise.all([answers, closed])
  assert.equal((await second(photo)).length, 5)
  assert.equal(open.mock.callCount(), 1)
})

test('a list is answered whole though the pipeline is disposed of meanwhile, and nothing stays loaded', async () => {
  const classify = await pipeline('image-classification', vit)
  const answers = classify(Array<string>(30).fill(photo))
  const closed = Promise.all([classify.dispose(), classify.dispose()])
  await closed
  assert.equal(modelsLoaded(), 0)
  assert.equal((await answers).length, 30)
  await assert.rejects(classify(photo), { code: 'pipeline-disposed' })
})

test('a pinned model may be unloaded when the one who pinned it has gone', async ({ mock }) => {
  configureRuntime({ idleMinutes: 0 })
  try {
    await using first = await pipeline('image-classification', vit)
    const pinned = await pipeline('image-classification', vit, { pin: true })
    const close = mock.method(WorkerThread.prototype, 'close')
    await pinned.dispose()
    await nextTick(2)
    assert.equal(close.mock.callCount(), 1)
    assert.equal((await first(photo)).length, 5)
  } finally {
    configureRuntime({ idleMinutes: 15 })
  }
})

test('a model may stay longer than any timer of Node lasts', async ({ mock }) => {
  configureRuntime({ idleMinutes: 60 * 24 * 365 })
  try {
    await using classify = await pipeline('image-classification', vit)
    const close = mock.method(WorkerThread.prototype, 'close')
    await nextTick(2)
    assert.equal(close.mock.callCount(), 0)
    assert.equal((await classify(photo)).length, 5)
  } finally {
    configureRuntime({ idleMinutes: 15 })
  }
})

for (const [how, code, status] of [
  ['leaves', 'process.exit(3)', 3],
  ['fails', 'throw new Error("of its own")', 1],
] as const) {
  test(`a program that ${how} while a graph runs ends with its own code`, () => {
    const script = `
      import { openSession } from ${door}
      const { run } = await openSession(${JSON.stringify(slowGraph())})
      const x = { type: 'float32', dims: [512, 512], data: new Float32Array(512 * 512) }
      const runs = [run({ x }), run({ x }), run({ x })]
      for (const each of runs) each.catch(() => {})
      await runs[0] // now the second one runs
      ${code}`
    const { signal, ...ended } = runScript(script)
    assert.equal(ended.status, status, ended.stderr)
    assert.equal(signal, null)
    assert.doesNotMatch(ended.stderr, /terminate called/)
  })

  test(`a program that ${how} while a video is read ends with its own code`, { skip: noVideo }, () => {
    const script = `
      import { createImage, encodeVideo, pipeline } from ${door}
      const data = new Uint8Array(640 * 480 * 3)
      const frame = createImage({ width: 640, height: 480, channels: 3, data })
      const video = await encodeVideo(Array(60).fill(frame), { fps: 30 })
      const classify = await pipeline('video-classification', ${JSON.stringify(join(models, 'videomae'))})
      const calls = Array.from({ length: 8 }, () => classify(video))
      for (const each of calls) each.catch(() => {})
      await Promise.race(calls)
      ${code}`
    const { signal, ...ended } = runScript(script)
    assert.equal(ended.status, status, ended.stderr)
    assert.equal(signal, null)
    assert.doesNotMatch(ended.stderr, /FATAL/)
  })
}
