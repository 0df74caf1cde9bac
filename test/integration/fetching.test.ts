// A space whose model is not here yet: whoever waits sees how far it is.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Image, Label, space } from 'spaces'
import { pipeline } from 'spaces/vision'
import { closeRuntime } from '#vision/runtime/pool.ts'
import { openHub } from '../helpers/hub-server.ts'
import { loadedFrom, openTab, serve } from '../helpers/serving.ts'

const ID = 'space-lab/tiny-vit'
const vit = fileURLToPath(new URL('../fixtures/hf-tiny/vit', import.meta.url))

after(closeRuntime)

/** A Hub with one small classifier, and an empty cache. */
async function openWorld() {
  const hub = await openHub()
  const files: Record<string, Uint8Array> = {}
  for (const name of await readdir(vit, { recursive: true })) {
    if (/\.(json|onnx)$/.test(name) && name !== 'expected.json') files[name] = await readFile(join(vit, name))
  }
  hub.add(ID, files)
  const home = await mkdtemp(join(tmpdir(), 'spaces-fetching-'))
  const before = { HF_HOME: process.env.HF_HOME, HF_ENDPOINT: process.env.HF_ENDPOINT }
  Object.assign(process.env, { HF_HOME: home, HF_ENDPOINT: hub.url })
  return {
    hub,
    async [Symbol.asyncDispose]() {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      await hub[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}

test('a run that waits for a model from the Hub shows how much of it is here', async () => {
  await using _world = await openWorld()
  const photo = fileURLToPath(new URL('../fixtures/hf-tiny/input', import.meta.url))
  const classify = space({
    title: 'From the Hub',
    inputs: { photo: Image() },
    outputs: { labels: Label() },
    setup: () => pipeline('image-classification', ID),
    run: async ({ photo }, { shared }) => ({ labels: await shared(photo) }),
    examples: [{ photo: 'img.png' }],
  })
  const shown: (string | null)[] = []
  await using serving = await serve([loadedFrom(classify, { dir: photo })], {
    dev: true,
    log: { info() {}, warn() {}, error: (line) => assert.fail(line), progress: (line) => shown.push(line) },
  })
  const { examples } = (await (await fetch(`${serving.url}manifest`)).json()) as {
    examples: { inputs: Record<string, unknown> }[]
  }
  await using tab = await openTab(serving.url)
  tab.run('first', examples[0]?.inputs)
  const { note, fraction } = await tab.next('progress', 'first')
  assert.match(note, /^Fetching space-lab\/tiny-vit, \d+ [KM]?B of \d+ [KM]?B$/)
  assert.ok(fraction >= 0 && fraction <= 1)
  const { outputs } = await tab.next('done', 'first')
  assert.ok((outputs.labels as unknown[]).length > 0)
  assert.match(shown[0] ?? '', /^Fetching/)
  assert.equal(shown.at(-1), null)
})
