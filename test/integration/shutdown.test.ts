// How a server ends: nobody is cut off in the middle of a word, and the port is free at once.

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { Number, space } from '../../framework/index.ts'
import { createGate, openTab, serve } from '../helpers/serving.ts'

const gated = (gate: Promise<void>, disposed: () => void = () => {}) =>
  space({
    title: 'Gated',
    inputs: {},
    outputs: { n: Number() },
    concurrency: 1,
    setup: () => ({ dispose: disposed }),
    run: async () => {
      await gate
      return { n: 1 }
    },
  })

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

test('a running job may end, a waiting one is told, new ones are refused, and the port is free meanwhile', async () => {
  const gate = createGate()
  let disposals = 0
  const serving = await serve(
    gated(gate.passed, () => disposals++),
    { limits: { closeGraceMs: 60_000 } },
  )
  await using tab = await openTab(serving.url)
  tab.run('running')
  await tab.next('running', 'running')
  tab.run('waiting')
  await tab.next('queued', 'waiting')
  const call = fetch(`${serving.url}api/predict`, { method: 'POST', body: '{}' }).then((response) => response.status)
  while (serving.app.health().waiting < 2) await new Promise((resolve) => setImmediate(resolve))
  const closed = serving.server.close()
  await tab.next('closing')
  assert.equal(await isFree(serving.server.port), true)
  assert.equal((await tab.next('failed', 'waiting')).error.code, 'server-closing')
  assert.equal(await call, 503)
  tab.run('late')
  assert.equal((await tab.next('failed', 'late')).error.code, 'server-closing')
  assert.equal(disposals, 0)
  gate.open()
  assert.deepEqual((await tab.next('done', 'running')).outputs, { n: 1 })
  assert.equal(await tab.closed, 1001)
  await closed
  assert.equal(disposals, 1)
})

test('a job that does not end in time is told, and asked again the server hurries', async () => {
  const serving = await serve(gated(new Promise(() => {})), { limits: { closeGraceMs: 60_000 } })
  await using tab = await openTab(serving.url)
  tab.run('stuck')
  await tab.next('running', 'stuck')
  const patient = serving.server.close()
  await tab.next('closing')
  const hurried = serving.server.close(0)
  assert.equal((await tab.next('failed', 'stuck')).error.code, 'server-closing')
  await Promise.all([patient, hurried])
})

test('connections that are kept alive do not keep the server alive', async () => {
  const serving = await serve(gated(Promise.resolve()))
  const response = await fetch(`${serving.url}healthz`, { headers: { connection: 'keep-alive' } })
  await response.text()
  await serving.server.close()
  await assert.rejects(fetch(`${serving.url}healthz`))
})
