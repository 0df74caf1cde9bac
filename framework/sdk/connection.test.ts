import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { ClientMessage, ServerMessage } from '#core/protocol.ts'
import { type ConnectionState, createConnection, type Heard, type Socket } from './connection.ts'

/** A socket in memory, with the server's end in the test's hands. */
class FakeSocket implements Socket {
  readyState = 0
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  onerror: Socket['onerror'] = null
  readonly sent: ClientMessage[] = []
  readonly url: string
  isClosed = false

  constructor(url: string) {
    this.url = url
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.isClosed = true
  }
  say(...messages: ServerMessage[]) {
    this.onmessage?.({ data: JSON.stringify(messages.length === 1 ? messages[0] : messages) } as never)
  }
  cut() {
    this.onclose?.({} as never)
  }
}

function open() {
  mock.timers.enable({ apis: ['setTimeout'] })
  const sockets: FakeSocket[] = []
  const heard: Heard[] = []
  const states: ConnectionState[] = []
  const ready: boolean[] = []
  const connection = createConnection({
    url: 'ws://host/ws',
    createSocket(url) {
      const socket = new FakeSocket(url)
      sockets.push(socket)
      return socket
    },
    onMessage: (message) => heard.push(message),
    onStateChange: (state) => states.push(state),
    onReady: (kept) => ready.push(kept),
  })
  const last = () => sockets.at(-1) as FakeSocket
  return {
    connection,
    sockets,
    heard,
    states,
    ready,
    last,
    [Symbol.dispose]() {
      connection.close()
      mock.timers.reset()
    },
  }
}

const welcome = (seq: number, resumed = true): ServerMessage => ({
  type: 'welcome',
  tab: 'secret tab',
  resumed,
  seq,
  revision: 'r1',
})
const running = (seq: number): ServerMessage => ({ seq, type: 'running', job: 'a', etaMs: null })

test('a new tab asks for nothing, one that comes back says what it has seen', () => {
  using page = open()
  assert.equal(page.last().url, 'ws://host/ws')
  page.last().say(welcome(0, false), running(1), running(2))
  page.last().cut()
  mock.timers.tick(250)
  assert.equal(page.sockets.length, 2)
  assert.equal(page.last().url, 'ws://host/ws?tab=secret%20tab&seen=2')
})

test('what the server sends twice after a cut is heard once, and in order', () => {
  using page = open()
  page.last().say(welcome(0, false), running(1), running(2))
  page.last().cut()
  mock.timers.tick(250)
  page.last().say(welcome(4), running(2), running(3), running(4))
  assert.deepEqual(
    page.heard.filter(({ type }) => type === 'running').map((message) => 'seq' in message && message.seq),
    [1, 2, 3, 4],
  )
})

test('it is open again only when it has caught up', () => {
  using page = open()
  page.last().say(welcome(0, false))
  page.last().cut()
  assert.equal(page.connection.send({ type: 'ping' }), false)
  mock.timers.tick(250)
  page.last().say(welcome(1))
  assert.equal(page.connection.state, 'lost')
  page.last().say(running(1))
  assert.equal(page.connection.state, 'open')
  assert.deepEqual(page.states, ['open', 'lost', 'open'])
  assert.deepEqual(page.ready, [true, true])
})

test('a server that has forgotten the tab is told apart from one that goes on', () => {
  using page = open()
  page.last().say(welcome(0, false), running(1))
  page.last().cut()
  mock.timers.tick(250)
  page.last().say(welcome(0, false), running(1))
  assert.deepEqual(page.ready, [true, false])
  assert.equal(page.heard.filter(({ type }) => type === 'running').length, 2)
})

test('a gap in the numbers is a reason to come back and ask for what is missing', () => {
  using page = open()
  page.last().say(welcome(0, false), running(1), running(3))
  assert.ok(page.sockets[0]?.isClosed)
  mock.timers.tick(250)
  assert.equal(page.last().url, 'ws://host/ws?tab=secret%20tab&seen=1')
})

test('it acknowledges what it has seen, once for many messages', () => {
  using page = open()
  page.last().say(welcome(0, false), running(1), running(2))
  page.last().say(running(3))
  mock.timers.tick(500)
  assert.deepEqual(page.last().sent, [{ type: 'ack', seen: 3 }])
})

test('the waits between attempts grow to at most ten seconds', () => {
  using page = open()
  for (let attempt = 1; attempt <= 12; attempt++) {
    page.last().cut()
    mock.timers.tick(Math.min(10_000, 250 * 2 ** (attempt - 1)))
    assert.equal(page.sockets.length, attempt + 1)
  }
})

test('a page that is looked at again does not wait for the next attempt', () => {
  using page = open()
  page.last().say(welcome(0, false))
  page.last().cut()
  page.connection.wake()
  assert.equal(page.sockets.length, 2)
})

test('a silent server is asked once, then given up', () => {
  using page = open()
  page.last().say(welcome(0, false))
  mock.timers.tick(30_000)
  assert.deepEqual(page.last().sent, [{ type: 'ping' }])
  page.last().say({ type: 'pong' })
  mock.timers.tick(30_000)
  assert.equal(page.last().sent.length, 2)
  mock.timers.tick(8000)
  assert.ok(page.sockets[0]?.isClosed)
  assert.equal(page.connection.state, 'lost')
})

test('closed is closed: it neither comes back nor listens', () => {
  using page = open()
  page.last().say(welcome(0, false))
  page.connection.close()
  page.last().cut()
  page.connection.wake()
  mock.timers.tick(60_000)
  assert.equal(page.sockets.length, 1)
  assert.equal(page.connection.state, 'closed')
})

test('a frame that is no JSON ends the connection instead of the page', () => {
  using page = open()
  page.last().onmessage?.({ data: '{' } as never)
  assert.ok(page.sockets[0]?.isClosed)
})
