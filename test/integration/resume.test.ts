// What a page sees when its connection is cut in the middle of something.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerMessage } from '#core/protocol.ts'
import { Number, space, Text } from '../../framework/index.ts'
import { createGate, openTab, serve, until } from '../helpers/serving.ts'

const numbered = (messages: readonly ServerMessage[]) =>
  messages.filter((message) => message.type === 'patch' || message.type === 'done' || message.type === 'running')

test('a cut in the middle of a streamed job loses no patch and doubles none', async () => {
  const gates = Array.from({ length: 3 }, () => createGate())
  const stream = space({
    title: 'Stream',
    inputs: {},
    outputs: { n: Number() },
    async *run() {
      for (let n = 0; n < 100; n++) {
        if (n === 30) await gates[0]?.passed
        if (n === 60) await gates[1]?.passed
        yield { n }
      }
      await gates[2]?.passed
      return { n: 100 }
    },
  })
  await using serving = await serve(stream)
  const first = await openTab(serving.url)
  first.run('s')
  await until(() => numbered(first.messages).length === 31)
  // What came last was read but not yet shown: the page says that it has seen less.
  const seen = 20
  first.cut()
  await first.closed
  gates[0]?.open()
  await using second = await openTab(serving.url, { resume: { tab: first.tab, seen } })
  const welcome = await second.next('welcome')
  assert.deepEqual([welcome.resumed, welcome.tab], [true, first.tab])
  await until(() => numbered(second.messages).length >= 61 - seen)
  second.send({ type: 'ack', seen: 50 })
  second.cut()
  await second.closed
  gates[1]?.open()
  gates[2]?.open()
  await using third = await openTab(serving.url, { resume: { tab: first.tab, seen: 61 } })
  assert.deepEqual((await third.next('done', 's')).outputs, { n: 100 })

  const heard = new Map<number, ServerMessage>()
  for (const message of numbered(first.messages).slice(0, seen)) heard.set('seq' in message ? message.seq : 0, message)
  for (const tab of [second, third]) {
    for (const message of numbered(tab.messages)) {
      const seq = 'seq' in message ? message.seq : 0
      const before = heard.get(seq)
      if (before) assert.deepEqual(message, before)
      heard.set(seq, message)
    }
  }
  const numbers = [...heard.keys()].sort((a, b) => a - b)
  assert.deepEqual(
    numbers,
    Array.from({ length: 102 }, (_, index) => index + 1),
  )
  const patches = [...heard.values()].flatMap((message) => (message.type === 'patch' ? [message.outputs.n] : []))
  assert.deepEqual(
    [...patches].sort((a, b) => globalThis.Number(a) - globalThis.Number(b)),
    Array.from({ length: 100 }, (_, n) => n),
  )
  const [again] = numbered(second.messages)
  assert.equal(again && 'seq' in again && again.seq, seen + 1, 'begins right after what was seen')
})

test('a job that ends while its page is away is told when the page is back', async () => {
  const gate = createGate()
  const slow = space({
    title: 'Slow',
    inputs: {},
    outputs: { text: Text() },
    run: async () => {
      await gate.passed
      return { text: 'here' }
    },
  })
  await using serving = await serve(slow)
  const first = await openTab(serving.url)
  first.run('j')
  const running = await first.next('running', 'j')
  first.cut()
  await first.closed
  gate.open()
  await until(() => serving.app.health().running === 0)
  await using second = await openTab(serving.url, { resume: { tab: first.tab, seen: running.seq } })
  assert.deepEqual((await second.next('done', 'j')).outputs, { text: 'here' })
})

test('a second connection of the same tab takes the place of the first', async () => {
  const echo = space({ title: 'Echo', inputs: { text: Text() }, outputs: { text: Text() }, run: (inputs) => inputs })
  await using serving = await serve(echo)
  await using first = await openTab(serving.url)
  await using second = await openTab(serving.url, { resume: { tab: first.tab, seen: 0 } })
  await first.closed
  second.run('e', { text: 'still here' })
  assert.deepEqual((await second.next('done', 'e')).outputs, { text: 'still here' })
})

test('a page that comes back to a server which does not know it is told so, and goes on as a new one', async () => {
  const echo = space({ title: 'Echo', inputs: { text: Text() }, outputs: { text: Text() }, run: (inputs) => inputs })
  await using serving = await serve(echo)
  await using tab = await openTab(serving.url, { resume: { tab: 'of-another-time', seen: 7 } })
  const welcome = await tab.next('welcome')
  assert.equal(welcome.resumed, false)
  assert.notEqual(welcome.tab, 'of-another-time')
  tab.run('e', { text: 'x' })
  assert.equal((await tab.next('done', 'e')).seq, 1)
})

test('a page that was away for so much that the server had to forget some is told so', async () => {
  const big = space({
    title: 'Big',
    inputs: {},
    outputs: { text: Text() },
    run: () => ({ text: 'x'.repeat(2000) }),
  })
  await using serving = await serve(big, { limits: { maxOutboxChars: 5000 } })
  const first = await openTab(serving.url)
  for (const job of ['a', 'b', 'c', 'd', 'e']) first.run(job)
  await first.next('done', 'e')
  first.cut()
  await first.closed
  await using second = await openTab(serving.url, { resume: { tab: first.tab, seen: 1 } })
  assert.equal((await second.next('welcome')).resumed, false)
  await using third = await openTab(serving.url, { resume: { tab: first.tab, seen: 4 } })
  assert.equal((await third.next('welcome')).resumed, true)
  assert.equal((await third.next('done', 'e')).seq, 5)
})

test('jobs of a tab that stays away for too long are cancelled', async () => {
  const aborted = createGate()
  const patient = space({
    title: 'Patient',
    inputs: {},
    outputs: { n: Number() },
    run: (_, { signal }) =>
      new Promise<{ n: number }>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.open()
          reject(signal.reason)
        })
      }),
  })
  await using serving = await serve(patient, { limits: { tabGraceMs: 1, heartbeatMs: 5 } })
  const tab = await openTab(serving.url)
  tab.run('p')
  await tab.next('running', 'p')
  tab.cut()
  await aborted.passed
  await until(() => serving.app.health().running === 0)
})

test('a page that reads slowly holds its own task back, and gets every patch in order', async () => {
  const blob = 'x'.repeat(50_000)
  let yielded = 0
  const fast = space({
    title: 'Fast',
    inputs: {},
    outputs: { n: Number(), text: Text() },
    async *run() {
      for (let n = 0; n < 1200; n++) {
        yielded++
        yield { n, text: blob }
      }
      return { n: -1, text: '' }
    },
  })
  await using serving = await serve(fast)
  await using tab = await openTab(serving.url)
  tab.socket.pause()
  tab.run('f')
  let before = -1
  // Goes on until the task has stopped by itself, far from its 60 MB.
  while (yielded !== before || yielded === 0) {
    before = yielded
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(yielded < 1200, `${yielded} of 1200 were made before anybody read`)
  tab.socket.resume()
  await tab.next('done', 'f')
  const numbers = tab.messages.flatMap((message) => (message.type === 'patch' ? [message.outputs.n] : []))
  assert.deepEqual(
    numbers,
    Array.from({ length: 1200 }, (_, n) => n),
  )
})
