// Which files of a model are opened, and what is told on the way: the options that Transformers.js has too.

import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  loadImageProcessor,
  loadTokenizer,
  openSession,
  type PipelineOptions,
  type ProgressEvent,
  pipeline,
} from '#vision/index.ts'
import { closeRuntime } from '#vision/runtime/pool.ts'
import { filesBelow, openWorld, refusal } from '../helpers/hub-world.ts'

const fixture = fileURLToPath(new URL('../fixtures/hf-tiny/vit', import.meta.url))
const photo = fileURLToPath(new URL('../fixtures/hf-tiny/input/img.png', import.meta.url))
const ID = 'space-lab/tiny-vit'

after(closeRuntime)

/** A copy of a small classifier, to be rearranged. */
async function openCopy() {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-model-'))
  await cp(fixture, folder, { recursive: true })
  return {
    folder,
    move: async (from: string, to: string) => {
      await mkdir(join(folder, to, '..'), { recursive: true })
      await rename(join(folder, from), join(folder, to))
    },
    advise: async (advice: object) => {
      const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
      await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, 'transformers.js_config': advice }))
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function best(model: string, options: PipelineOptions = {}): Promise<string | undefined> {
  await using classify = await pipeline('image-classification', model, options)
  return (await classify(photo))[0]?.label
}

const fileOf = async (model: string, options: Parameters<typeof openSession>[1] = {}) => {
  await using session = await openSession(model, options)
  return session.file
}

test('A graph in another folder or of another name is opened when it is named', async () => {
  await using copy = await openCopy()
  await copy.move('onnx/model.onnx', 'special/tower_fp16.onnx')
  const options: PipelineOptions = { subfolder: 'special', model_file_name: 'tower', dtype: 'fp16' }
  assert.equal(await best(copy.folder, options), 'label_4')
  const { message } = await refusal(best(copy.folder, { ...options, dtype: 'q8' }))
  assert.match(message, /special\/tower_quantized\.onnx.*Choose a dtype that it has \(fp16\)/s)
  await copy.move('special/tower_fp16.onnx', 'model.onnx')
  assert.equal(await best(copy.folder, { subfolder: '' }), 'label_4')
})

test('The dtype that a folder advises is opened; the caller’s comes before, as one or for each graph', async () => {
  await using copy = await openCopy()
  await cp(join(copy.folder, 'onnx/model.onnx'), join(copy.folder, 'onnx/model_q4.onnx'))
  assert.equal(await fileOf(copy.folder), 'onnx/model.onnx')
  await copy.advise({ dtype: 'q4' })
  assert.equal(await fileOf(copy.folder), 'onnx/model_q4.onnx')
  assert.equal(await fileOf(copy.folder, { dtype: 'auto' }), 'onnx/model_q4.onnx')
  assert.equal(await fileOf(copy.folder, { dtype: 'fp32' }), 'onnx/model.onnx')
  assert.equal(await fileOf(copy.folder, { dtype: { model: 'fp32' } }), 'onnx/model.onnx')
  await copy.advise({ dtype: { model: 'q4' }, device_config: { webgpu: { dtype: 'fp16' } } })
  assert.equal(await fileOf(copy.folder), 'onnx/model_q4.onnx')
  await copy.advise({ dtype: 'fp16' })
  assert.equal(await fileOf(copy.folder), 'onnx/model.onnx')
})

test('An option of another type is refused by its name', async () => {
  const wrong = { cache_dir: 5, subfolder: ['onnx'], local_files_only: 'yes', progress_callback: true, dtype: 'fp8' }
  for (const [name, value] of Object.entries(wrong)) {
    const { code, message } = await refusal(best(fixture, { [name]: value } as PipelineOptions))
    assert.equal(code, 'invalid-value')
    assert.ok(message.startsWith(`${name}: expected`), message)
  }
})

test('Options of onnxruntime’s own reach it', async () => {
  assert.equal(await best(fixture, { session_options: { graphOptimizationLevel: 'disabled' } }), 'label_4')
  const wrong = { graphOptimizationLevel: 'all of it' } as unknown as NonNullable<PipelineOptions['session_options']>
  await assert.rejects(best(fixture, { session_options: wrong }), /graphOptimizationLevel/)
})

test('A device that there is none of is refused with those that there are', async () => {
  assert.equal(await best(fixture, { device: 'cpu' }), 'label_4')
  const { message } = await refusal(best(fixture, { device: 'tpu' as 'cpu' }))
  assert.match(message, /device: expected one of cpu, wasm, auto, cuda, webgpu/)
})

test('A cache of one’s own is filled and then used alone; events tell how far the files are', async () => {
  await using world = await openWorld()
  const files: Record<string, Uint8Array> = {}
  for (const path of await filesBelow(fixture)) files[path] = await readFile(join(fixture, path))
  world.hub.add(ID, files)
  const cache_dir = join(world.home, 'own')
  const missing = await refusal(best(ID, { cache_dir, local_files_only: true }))
  assert.equal(missing.code, 'model-offline')
  const events: ProgressEvent[] = []
  assert.equal(await best(ID, { cache_dir, progress_callback: (event) => events.push(event) }), 'label_4')
  const asked = world.hub.requests.length
  assert.equal(await best(ID, { cache_dir, local_files_only: true }), 'label_4')
  assert.equal(world.hub.requests.length, asked)

  const ofGraph = events.filter((event) => 'file' in event && event.file === 'onnx/model.onnx')
  const order = ofGraph.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1])
  assert.deepEqual(order, ['initiate', 'download', 'progress', 'done'])
  const last = ofGraph.findLast((event) => event.status === 'progress')
  assert.deepEqual(last, {
    status: 'progress',
    name: ID,
    file: 'onnx/model.onnx',
    progress: 100,
    loaded: files['onnx/model.onnx']?.byteLength,
    total: files['onnx/model.onnx']?.byteLength,
  })
  const total = events.findLast((event) => event.status === 'progress_total')
  assert.equal(total?.progress, 100)
  assert.deepEqual(events.at(-1), { status: 'ready', task: 'image-classification', model: ID })
})

test('A dtype that one of several graphs lacks is refused by that graph’s name', async () => {
  const reader = fileURLToPath(new URL('../fixtures/hf-tiny/trocr', import.meta.url))
  const opening = pipeline('image-to-text', reader, { dtype: { encoder_model: 'q8' } })
  const { message } = await refusal(opening)
  assert.match(message, /onnx\/encoder_model_quantized\.onnx.*Choose a dtype that it has \(fp32\)/s)
})

test('A repository may advise another dtype for each graph', async () => {
  await using world = await openWorld()
  const reader = fileURLToPath(new URL('../fixtures/hf-tiny/trocr', import.meta.url))
  const files: Record<string, string | Uint8Array> = {}
  for (const path of await filesBelow(reader)) files[path] = await readFile(join(reader, path))
  await using plain = await pipeline('image-to-text', reader)
  const expected = await plain(photo, { max_new_tokens: 4 })
  const { 'onnx/decoder_model_merged.onnx': decoder } = files
  assert.ok(decoder)
  const dtype = { encoder_model: 'fp32', decoder_model_merged: 'q4' }
  const config = { ...JSON.parse(String(files['config.json'])), 'transformers.js_config': { dtype } }
  const rest = { 'onnx/encoder_model_q4.onnx': 'no graph', 'onnx/decoder_model_merged.onnx': 'no graph' }
  world.hub.add(ID, {
    ...files,
    ...rest,
    'config.json': JSON.stringify(config),
    'onnx/decoder_model_merged_q4.onnx': decoder,
  })
  await using read = await pipeline('image-to-text', ID)
  assert.deepEqual(await read(photo, { max_new_tokens: 4 }), expected)
  for (const path of Object.keys(rest)) assert.equal(world.hub.sentBytesOf(path), 0)
})

test('An image processor and a tokenizer come from the Hub without a graph', async () => {
  await using world = await openWorld()
  const clip = fileURLToPath(new URL('../fixtures/hf-tiny/clip', import.meta.url))
  const files: Record<string, Uint8Array> = {}
  for (const path of await filesBelow(clip)) files[path] = await readFile(join(clip, path))
  world.hub.add(ID, files)
  await using processor = await loadImageProcessor(ID)
  await using own = await loadImageProcessor(clip)
  assert.deepEqual((await processor(photo)).pixel_values, (await own(photo)).pixel_values)
  assert.deepEqual((await loadTokenizer(ID)).encode('a cat'), (await loadTokenizer(clip)).encode('a cat'))
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), 0)
})

test('Of a repository a session fetches its own graph alone', async () => {
  await using world = await openWorld()
  const graph = await readFile(join(fixture, 'onnx/model.onnx'))
  world.hub.add(ID, { 'config.json': '{}', 'onnx/model.onnx': graph, 'onnx/vision_model_q4.onnx': graph })
  assert.equal(await fileOf(ID, { graph: 'vision_model' }), 'onnx/vision_model_q4.onnx')
  assert.equal(world.hub.sentBytesOf('onnx/model.onnx'), 0)
})
