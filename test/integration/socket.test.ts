// What a WebSocket may say, who may open one, and what the server does with those that misbehave.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { MAX_MESSAGE_BYTES } from '#core/protocol.ts'
import { Number, space } from '../../framework/index.ts'
import { createGate, openTab, serve, until } from '../helpers/serving.ts'

const noop = () => space({ title: 'Noop', inputs: {}, outputs: { n: Number() }, run: () => ({ n: 1 }) })

test('messages that cannot be understood are refused one by one and change nothing', async () => {
  await using serving = await serve(noop())
  await using tab = await openTab(serving.url)
  for (const [message, pattern] of [
    ['{"type":"run"', /expected JSON, got “{"type":"run"” \(text\)/],
    ['null', /a message of the type run, cancel, ack or ping, got nothing/],
    ['42', /got 42/],
    ['"run"', /got “run”/],
    ['{}', /got an empty object/],
    ['[{"type":"paint"}]', /got “paint”/],
    ['{"type":"run","task":"predict","inputs":{}}', /job: text of 1 to 64 characters/],
    [`{"type":"run","job":"${'x'.repeat(65)}","task":"predict","inputs":{}}`, /job: text of 1 to 64/],
    ['{"type":"run","job":7,"task":"predict","inputs":{}}', /job: .* got 7 \(number\)/],
    ['{"type":"run","job":"a","task":7,"inputs":{}}', /task: the name of a task/],
    ['{"type":"run","job":"a","task":"predict","inputs":[]}', /inputs: an object/],
    ['{"type":"run","job":"a","task":"predict"}', /inputs: an object/],
    ['{"type":"cancel"}', /job: the id of a job/],
    ['{"type":"ack","seen":-1}', /seen: a number that was given out/],
    ['{"type":"ack","seen":99}', /seen/],
    ['{"type":"ack","seen":"1"}', /seen/],
    [Buffer.from([1, 2, 3]), /a text frame, got a binary one/],
  ] as const) {
    const before = tab.messages.length
    tab.send(message)
    await until(() => tab.messages.length > before)
    const refused = tab.messages[before]
    assert.ok(refused?.type === 'refused', String(message))
    assert.equal(refused.error.code, 'message-invalid')
    assert.match(refused.error.message, pattern)
  }
  tab.run('a')
  assert.equal((await tab.next('done', 'a')).seq, 1)
})

test('an id that is in use is refused, and free again once its job has ended', async () => {
  const gate = createGate()
  const slow = space({
    title: 'Slow',
    inputs: {},
    outputs: { n: Number() },
    run: async () => {
      await gate.passed
      return { n: 1 }
    },
  })
  await using serving = await serve(slow)
  await using tab = await openTab(serving.url)
  tab.run('a')
  tab.run('a')
  const refused = await tab.next('refused', 'a')
  assert.match(refused.error.message, /an id that is not in use/)
  gate.open()
  await tab.next('done', 'a')
  tab.run('a')
  await until(() => tab.messages.filter(({ type }) => type === 'done').length === 2)
})

test('messages in one frame are taken in order, and their answers share a frame', async () => {
  await using serving = await serve(noop())
  await using tab = await openTab(serving.url)
  tab.send([1, 2, 3].map((n) => ({ type: 'run', job: `j${n}`, task: 'predict', inputs: {} }) as const))
  await tab.next('done', 'j3')
  assert.equal(tab.frames.length, 2)
  assert.deepEqual(
    tab.messages.flatMap((message) => (message.type === 'done' ? [message.job] : [])),
    ['j1', 'j2', 'j3'],
  )
})

test('a message above the limit closes its socket with 1009, and only that one', async () => {
  await using serving = await serve(noop())
  await using other = await openTab(serving.url)
  const tab = await openTab(serving.url)
  tab.socket.on('error', () => {})
  tab.send(`"${'x'.repeat(MAX_MESSAGE_BYTES)}"`)
  assert.equal(await tab.closed, 1009)
  other.run('a')
  await other.next('done', 'a')
})

test('bytes that are no WebSocket frames end their connection and nothing else', async () => {
  await using serving = await serve(noop())
  const { port } = serving.server
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await new Promise((resolve) => socket.once('data', resolve))
  socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
  await new Promise((resolve) => socket.once('close', resolve))
  await using tab = await openTab(serving.url)
  tab.run('a')
  await tab.next('done', 'a')
})

test('a page of another site may not open a socket or call the API, unless it is listed', async () => {
  await using serving = await serve(noop(), { allowedOrigins: ['https://friend.example'] })
  const { host } = new URL(serving.url)
  await assert.rejects(openTab(serving.url, { headers: { origin: 'https://evil.example' } }), /status 403/)
  await assert.rejects(openTab(serving.url, { headers: { origin: 'null' } }), /status 403/)
  for (const headers of [
    { origin: `http://${host}` },
    { origin: 'https://friend.example' },
    { origin: 'https://public.example', 'x-forwarded-host': 'public.example' },
  ]) {
    await using tab = await openTab(serving.url, { headers })
    assert.ok(tab.tab)
  }
  const post = (origin: string) =>
    fetch(`${serving.url}api/predict`, { method: 'POST', body: '{}', headers: { origin } })
  assert.equal((await post('https://evil.example')).status, 403)
  assert.equal((await post(`http://${host}`)).status, 200)
})

test('sockets of nothing are answered like pages of nothing', async () => {
  await using serving = await serve(noop())
  for (const path of ['nope/', 'files/', '%ff/']) await assert.rejects(openTab(serving.url + path), /status 404/)
})

test('one visitor may have only so many pages open', async () => {
  await using serving = await serve(noop(), { limits: { maxTabsPerSession: 2 } })
  const cookie = (await fetch(serving.url)).headers.get('set-cookie')?.split(';')[0] ?? ''
  await using _a = await openTab(serving.url, { headers: { cookie } })
  await using b = await openTab(serving.url, { headers: { cookie } })
  await assert.rejects(openTab(serving.url, { headers: { cookie } }), /status 429/)
  await using other = await openTab(serving.url)
  assert.ok(other.tab)
  // Coming back is not another page, and a page that was reloaded is not open twice.
  await using again = await openTab(serving.url, { headers: { cookie }, resume: { tab: b.tab, seen: 0 } })
  assert.equal(again.tab, b.tab)
  again.cut()
  await again.closed
  await fetch(`${serving.url}healthz`)
  await using reloaded = await openTab(serving.url, { headers: { cookie } })
  assert.notEqual(reloaded.tab, b.tab)
})

test('a socket that does not answer pings is given up; one that does stays', async () => {
  await using serving = await serve(noop(), { limits: { heartbeatMs: 20 } })
  await using lively = await openTab(serving.url)
  const silent = connect(serving.server.port, '127.0.0.1')
  silent.on('error', () => {})
  silent.write(
    'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  silent.resume()
  await new Promise((resolve) => silent.once('close', resolve))
  lively.run('a')
  await lively.next('done', 'a')
})
