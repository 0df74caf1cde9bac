// `spaces/client` from Node against a real server: values both ways, files, streams, cancellation, refusals.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connect, RemoteError } from '#sdk/index.ts'
import { Gallery, Image, Label, Number, optional, refused, Slider, space, Text } from '../../framework/index.ts'
import { createGate, loadedFrom, serve } from '../helpers/serving.ts'

const fixtures = fileURLToPath(new URL('../fixtures/decode/', import.meta.url))
const picture = async () => new Blob([await readFile(`${fixtures}rgb.png`)], { type: 'image/png' })

const doubler = space({
  title: 'Doubler',
  inputs: { n: Number({ max: 100 }), times: Slider({ min: 1, max: 9, initial: 2 }) },
  outputs: { product: Number(), words: Text() },
  run: ({ n, times }) => ({ product: n * times, words: `${n} times ${times}` }),
})

test('a run gives all outputs by name; inputs that are left out hold their initial values', async () => {
  await using serving = await serve(doubler)
  await using client = await connect<typeof doubler>(serving.url)
  assert.deepEqual(await client.run({ n: 21 }), { product: 42, words: '21 times 2' })
  assert.equal(client.manifest.title, 'Doubler')
})

test('a space in a gallery is found with and without the slash at the end', async () => {
  await using serving = await serve([loadedFrom(doubler, { slug: 'doubler' })], { gallery: { title: 'All' } })
  await using client = await connect<typeof doubler>(`${serving.url}doubler`)
  assert.equal((await client.run({ n: 1, times: 9 })).product, 9)
})

const twins = space({
  title: 'Twins',
  inputs: { photo: Image(), more: optional(Gallery()) },
  outputs: { same: Image(), both: Gallery(), label: Label() },
  run: ({ photo, more }) => ({ same: photo, both: [photo, ...(more ?? []).map(({ image }) => image)], label: 'twins' }),
})

test('pictures travel as blobs, alone and in lists, and come back as files to download', async () => {
  await using serving = await serve(twins)
  await using client = await connect<typeof twins>(serving.url)
  const photo = await picture()
  const { same, both, label } = await client.run({ photo, more: [{ image: photo, caption: 'again' }] })
  assert.ok(same.width && same.height)
  assert.equal(both.length, 2)
  assert.equal(label[0]?.label, 'twins')
  assert.deepEqual(await (await same.blob()).arrayBuffer(), await photo.arrayBuffer())
})

test('an answer of one run is an input of the next, without travelling again', async () => {
  await using serving = await serve(twins)
  await using client = await connect<typeof twins>(serving.url)
  const ref = await client.upload('photo', await picture(), { name: 'one.png' })
  assert.equal(ref.name, 'one.png')
  const first = await client.run({ photo: ref })
  const second = await client.run({ photo: first.same })
  assert.equal(second.same.width, first.same.width)
})

test('a stream gives what is known so far, each time more', async () => {
  const stream = space({
    title: 'Stream',
    inputs: {},
    outputs: { a: Number(), b: Number() },
    async *run() {
      yield { a: 1 }
      return { a: 2, b: 3 }
    },
  })
  await using serving = await serve(stream)
  await using client = await connect<typeof stream>(serving.url)
  const seen: unknown[] = []
  for await (const outputs of client.stream({})) seen.push(outputs)
  assert.deepEqual(seen, [{ a: 1 }, { a: 2, b: 3 }])
})

test('a signal cancels the run on the server, and leaving a stream does too', async () => {
  const [first, second] = [createGate(), createGate()]
  const gates = [first, second]
  const endless = space({
    title: 'Endless',
    inputs: {},
    outputs: { n: Number() },
    async *run(_, { signal }) {
      signal.addEventListener('abort', () => gates.shift()?.open())
      yield { n: 1 }
      await new Promise((_resolve, reject) => signal.addEventListener('abort', reject))
      return { n: 2 }
    },
  })
  await using serving = await serve(endless)
  await using client = await connect<typeof endless>(serving.url)
  const abort = new AbortController()
  const reason = new Error('enough')
  const states: string[] = []
  const onProgress = ({ state }: { state: string }) => {
    states.push(state)
    abort.abort(reason)
  }
  const run = client.run({}, { signal: abort.signal, onProgress })
  await assert.rejects(run, reason)
  await first.passed
  assert.deepEqual(states, ['running'])
  for await (const { n } of client.stream({})) if (n === 1) break
  await second.passed
})

test('what the page would show is what the promise rejects with', async () => {
  const fussy = space({
    title: 'Fussy',
    inputs: { n: Number() },
    outputs: { n: Number() },
    run() {
      throw refused('Not today.', 'Come back tomorrow.')
    },
  })
  await using serving = await serve(fussy)
  await using client = await connect<typeof fussy>(serving.url)
  await assert.rejects(client.run({ n: 1 }), (error) => {
    assert.ok(error instanceof RemoteError)
    assert.deepEqual([error.code, error.message, error.hint], ['refused', 'Not today.', 'Come back tomorrow.'])
    return true
  })
  await assert.rejects(client.run({}), { code: 'input-missing' })
})

test('a file of the wrong kind is refused before anything runs', async () => {
  await using serving = await serve(twins)
  await using client = await connect<typeof twins>(serving.url)
  await assert.rejects(client.run({ photo: new Blob(['%PDF-1.7\n'], { type: 'application/pdf' }) }), {
    code: 'file-type',
  })
})

test('an address without a space says what is there instead', async () => {
  await using serving = await serve(doubler)
  await assert.rejects(connect(`${serving.url}nothing/`), RemoteError)
})
