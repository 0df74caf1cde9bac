import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { PublicError } from '#core/errors.ts'
import type { FieldManifest, SpaceManifest, Wires } from '#core/manifest.ts'
import type { JobEvent } from '#core/protocol.ts'
import type { FileRef } from '#core/schema.ts'
import type { Jobs } from '#sdk/jobs.ts'
import { createStore } from './store.ts'

const field = (name: string, about: Partial<FieldManifest> = {}): FieldManifest => ({
  name,
  kind: 'text',
  label: name,
  frame: 'label',
  optional: false,
  options: {},
  initial: null,
  ...about,
})

const manifest = (about: Partial<SpaceManifest> = {}): SpaceManifest => ({
  slug: '',
  title: 'Space',
  summary: '',
  article: '',
  inputs: [field('photo'), field('steps', { initial: 5 })],
  outputs: [field('label'), field('score')],
  task: { name: 'predict', action: 'Run', live: false, streaming: true },
  examples: [{ inputs: { photo: ref('x1'), steps: 3 } }],
  maxBytes: 100,
  revision: 'r1',
  ...about,
})

function ref(id: string): FileRef {
  return { id, mime: 'image/png', name: `${id}.png`, byteLength: 1 }
}

/** A store with the server in the test's hands. */
function open(about: Partial<SpaceManifest> = {}) {
  const runs: { inputs: Wires; tell: (event: JobEvent) => void; isCancelled: boolean }[] = []
  const uploads: { resolve: (ref: FileRef) => void; reject: (error: unknown) => void }[] = []
  const jobs: Jobs = {
    start(_task, inputs, tell) {
      const run = { inputs, tell, isCancelled: false }
      runs.push(run)
      return {
        id: `job-${runs.length}`,
        cancel() {
          run.isCancelled = true
        },
        forget() {
          run.tell = () => {}
        },
      }
    },
    wake() {},
    close() {},
  }
  const store = createStore(manifest(about))
  store.attach(jobs, () => new Promise((resolve, reject) => uploads.push({ resolve, reject })))
  const last = () => runs.at(-1) as (typeof runs)[number]
  const job = 'job'
  return {
    store,
    runs,
    uploads,
    last,
    done: (outputs: Wires) => last().tell({ type: 'done', job, outputs, elapsedMs: 38 }),
    fail: (error: Partial<PublicError>) =>
      last().tell({ type: 'failed', job, error: { code: 'refused', title: 't', message: 'm', hint: 'h', ...error } }),
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a run without a required input does not start; its field says so', () => {
  const { store, runs } = open()
  assert.equal(store.start(), 'photo')
  assert.equal(store.input('photo').problem.value, 'Give a value for “photo” first.')
  assert.equal(runs.length, 0)
  store.set('photo', ref('s1'))
  assert.equal(store.input('photo').problem.value, null)
  assert.equal(store.start(), null)
  assert.deepEqual(runs[0]?.inputs, { photo: ref('s1'), steps: 5 })
})

test('patches show as they come, and what is of the run before is known as stale', () => {
  const { store, last, done } = open()
  store.set('photo', ref('s1'))
  store.start()
  done({ label: 'cat', score: 1 })
  store.start()
  assert.equal(store.output('label').value.value, 'cat')
  assert.equal(store.output('label').fresh.value, false)
  last().tell({ type: 'patch', job: 'job', outputs: { label: 'dog' } })
  assert.equal(store.output('label').value.value, 'dog')
  assert.equal(store.output('label').fresh.value, true)
  assert.equal(store.output('score').fresh.value, false)
})

test('queued, running, progress and done are told in turn', () => {
  const { store, last, done } = open()
  store.set('photo', ref('s1'))
  store.start()
  last().tell({ type: 'queued', job: 'job', position: 3, size: 4, etaMs: 4000 })
  assert.deepEqual(store.run.value, { at: 'queued', position: 3, etaMs: 4000 })
  last().tell({ type: 'running', job: 'job', etaMs: null })
  last().tell({ type: 'progress', job: 'job', fraction: 0.5, note: 'half' })
  assert.ok(store.run.value.at === 'running' && store.run.value.fraction === 0.5 && store.run.value.note === 'half')
  done({})
  assert.deepEqual(store.run.value, { at: 'done', elapsedMs: 38 })
})

test('the server’s refusal of an input stands at that input too', () => {
  const { store, fail } = open()
  store.set('photo', ref('s1'))
  store.start()
  fail({ code: 'invalid-value', message: 'inputs.steps: expected a number from 1 to 8, got 9 (number).' })
  assert.equal(store.run.value.at, 'failed')
  assert.equal(store.input('steps').problem.value, 'Expected a number from 1 to 8, got 9 (number).')
})

test('an example fills the inputs until one is changed', () => {
  const { store } = open()
  store.choose(0)
  assert.equal(store.input('steps').value.value, 3)
  assert.equal(store.example.value, 0)
  store.set('steps', 4)
  assert.equal(store.example.value, null)
})

test('an example takes back what another one has set, and leaves alone what no example is about', () => {
  const { store } = open({
    inputs: [field('photo'), field('mask'), field('steps', { initial: 5 })],
    examples: [{ inputs: { photo: ref('x1'), mask: ref('x2') } }, { inputs: { photo: ref('x3') } }],
  })
  store.set('steps', 8)
  store.choose(0)
  store.choose(1)
  assert.equal(store.input('mask').value.value, null)
  assert.equal(store.input('steps').value.value, 8)
})

test('clear goes back to the beginning and hears no more of a run under way', () => {
  const { store, last } = open()
  store.choose(0)
  store.start()
  const { tell } = last()
  store.clear()
  tell({ type: 'done', job: 'job', outputs: { label: 'late' }, elapsedMs: 1 })
  assert.equal(last().isCancelled, true)
  assert.equal(store.input('photo').value.value, null)
  assert.equal(store.input('steps').value.value, 5)
})

test('a run waits for the files that are still on their way', async () => {
  const { store, runs, uploads } = open()
  const sent = store.upload('photo', new Blob(['x']), { name: 'a.png' }).then((file) => store.set('photo', file))
  assert.equal(store.start(), null)
  assert.equal(store.run.value.at, 'uploading')
  assert.equal(runs.length, 0)
  uploads[0]?.resolve(ref('s1'))
  await sent
  await settle()
  assert.deepEqual(runs[0]?.inputs.photo, ref('s1'))
})

test('a failed upload lets go of the run that waited for it', async () => {
  const { store, runs, uploads } = open()
  const sent = store.upload('photo', new Blob(['x'])).catch(() => {})
  store.start()
  uploads[0]?.reject(new Error('too large'))
  await sent
  await settle()
  assert.equal(store.run.value.at, 'idle')
  assert.equal(runs.length, 0)
})

test('files that a restarted server has lost are sent again, and the run with them', async () => {
  const { store, runs, uploads, fail, done } = open()
  const sent = store.upload('photo', new Blob(['x'])).then((file) => store.set('photo', file))
  uploads[0]?.resolve(ref('s1'))
  await sent
  store.start()
  fail({ code: 'file-gone', message: 'inputs.photo: expected a file of this session, got one that is unknown.' })
  await settle()
  uploads[1]?.resolve(ref('s2'))
  await settle()
  assert.deepEqual(runs[1]?.inputs.photo, ref('s2'))
  done({})
  assert.equal(store.run.value.at, 'done')
})

test('a lost file that cannot be sent again is said once, not tried for ever', async () => {
  const { store, runs, fail } = open()
  store.set('photo', ref('gone'))
  store.start()
  fail({ code: 'file-gone', message: 'inputs.photo: expected a file, got one that is unknown.' })
  await settle()
  assert.equal(store.run.value.at, 'failed')
  assert.equal(runs.length, 1)
})

test('a live space runs as soon as everything is there, and the newest inputs win', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { store, runs, done } = open({ task: { name: 'predict', action: 'Run', live: true, streaming: false } })
    store.set('steps', 6)
    assert.equal(runs.length, 0)
    store.set('photo', ref('s1'))
    assert.equal(runs.length, 1)
    store.set('steps', 7)
    store.set('steps', 8)
    assert.equal(runs.length, 1)
    mock.timers.tick(150)
    assert.equal(runs.length, 2)
    assert.equal(runs[0]?.isCancelled, true)
    assert.equal(runs[1]?.inputs.steps, 8)
    done({})
    store.set('steps', 9)
    assert.equal(runs.length, 3)
  } finally {
    mock.timers.reset()
  }
})

test('an edited space keeps the values of fields that are still there with the same kind', () => {
  const { store } = open()
  store.set('photo', 'kept')
  store.set('steps', 7)
  const inputs = [field('photo'), field('steps', { kind: 'slider', initial: 2 }), field('more', { initial: 'new' })]
  store.broken.value = { code: 'space-broken', title: '', message: '', hint: '' }
  store.reload(manifest({ inputs, revision: 'r2' }), true)
  assert.equal(store.input('photo').value.value, 'kept')
  assert.equal(store.input('steps').value.value, 2)
  assert.equal(store.input('more').value.value, 'new')
  assert.equal(store.broken.value, null)
})

test('after a restart an example that is chosen names its files anew', () => {
  const { store } = open()
  store.choose(0)
  store.reload(manifest({ examples: [{ inputs: { photo: ref('x2'), steps: 3 } }] }), false)
  assert.deepEqual(store.input('photo').value.value, ref('x2'))
  assert.equal(store.example.value, 0)
})
