import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { ClientMessage, JobEvent, ServerMessage } from '#core/protocol.ts'
import type { Socket } from './connection.ts'
import { createJobs, type PageMessage } from './jobs.ts'

function open() {
  mock.timers.enable({ apis: ['setTimeout'] })
  const sockets: (Socket & { url: string; sent: ClientMessage[] })[] = []
  const others: PageMessage[] = []
  const jobs = createJobs({
    base: 'https://host/palette/',
    createSocket(url) {
      const sent: ClientMessage[] = []
      const socket = {
        url,
        sent,
        readyState: 1,
        onopen: null,
        onmessage: null,
        onclose: null,
        onerror: null,
        send: (text: string) => sent.push(JSON.parse(text)),
        close: () => {},
      }
      sockets.push(socket)
      return socket
    },
    onMessage: (message) => others.push(message),
  })
  const last = () => sockets.at(-1) as (typeof sockets)[number]
  return {
    jobs,
    others,
    last,
    say: (...messages: ServerMessage[]) => last().onmessage?.({ data: JSON.stringify(messages) } as never),
    comeBack(resumed: boolean, seq: number) {
      last().onclose?.({} as never)
      mock.timers.tick(250)
      this.say({ type: 'welcome', tab: 't', resumed, seq, revision: 'r' })
    },
    [Symbol.dispose]() {
      jobs.close()
      mock.timers.reset()
    },
  }
}

const hello: ServerMessage = { type: 'welcome', tab: 't', resumed: false, seq: 0, revision: 'r' }
const types = (events: readonly JobEvent[]) => events.map(({ type }) => type)

test('the socket stands beside the page, with its security', () => {
  using tab = open()
  assert.equal(tab.last().url, 'wss://host/palette/ws')
})

test('a run that is asked for before there is a connection goes out when there is one', () => {
  using tab = open()
  tab.jobs.start('predict', { steps: 3 }, () => {})
  assert.deepEqual(tab.last().sent, [])
  tab.say(hello)
  assert.deepEqual(tab.last().sent, [{ type: 'run', job: 'job-1', task: 'predict', inputs: { steps: 3 } }])
})

test('each job hears of itself until its end and no further', () => {
  using tab = open()
  tab.say(hello)
  const [one, two]: JobEvent[][] = [[], []]
  tab.jobs.start('predict', {}, (event) => one?.push(event))
  tab.jobs.start('predict', {}, (event) => two?.push(event))
  tab.say(
    { seq: 1, type: 'running', job: 'job-2', etaMs: null },
    { seq: 2, type: 'queued', job: 'job-1', position: 1, size: 1, etaMs: null },
    { seq: 3, type: 'done', job: 'job-2', outputs: {}, elapsedMs: 1 },
    { seq: 4, type: 'patch', job: 'job-2', outputs: {} },
  )
  assert.deepEqual(types(one ?? []), ['queued'])
  assert.deepEqual(types(two ?? []), ['running', 'done'])
})

test('a run whose fate is unknown after a cut is sent again; one that was answered is not', () => {
  using tab = open()
  tab.say(hello)
  tab.jobs.start('predict', { n: 1 }, () => {})
  tab.say({ seq: 1, type: 'running', job: 'job-1', etaMs: null })
  tab.jobs.start('predict', { n: 2 }, () => {})
  tab.comeBack(true, 1)
  assert.deepEqual(tab.last().sent, [{ type: 'run', job: 'job-2', task: 'predict', inputs: { n: 2 } }])
})

test('a run that had arrived after all goes on when the second one is refused', () => {
  using tab = open()
  tab.say(hello)
  const events: JobEvent[] = []
  tab.jobs.start('predict', {}, (event) => events.push(event))
  tab.comeBack(true, 0)
  const error = { code: 'message-invalid', title: 't', message: 'm', hint: 'h' } as const
  tab.say({ seq: 1, type: 'running', job: 'job-1', etaMs: null }, { type: 'refused', job: 'job-1', error })
  assert.deepEqual(types(events), ['running'])
})

test('a server that was restarted has lost what ran; the page is told so and what waits is sent again', () => {
  using tab = open()
  tab.say(hello)
  const [ran, waits]: JobEvent[][] = [[], []]
  tab.jobs.start('predict', {}, (event) => ran?.push(event))
  tab.say({ seq: 1, type: 'running', job: 'job-1', etaMs: null })
  tab.jobs.start('predict', {}, (event) => waits?.push(event))
  tab.comeBack(false, 0)
  assert.deepEqual(types(ran ?? []), ['running', 'failed'])
  assert.deepEqual(waits, [])
  assert.equal(tab.last().sent.length, 1)
})

test('a cancellation that the cut swallowed is sent again', () => {
  using tab = open()
  tab.say(hello)
  const job = tab.jobs.start('predict', {}, () => {})
  tab.say({ seq: 1, type: 'running', job: 'job-1', etaMs: null })
  job.cancel()
  tab.comeBack(true, 1)
  assert.deepEqual(tab.last().sent, [{ type: 'cancel', job: 'job-1' }])
})

test('a run that the server cannot understand fails with its words', () => {
  using tab = open()
  tab.say(hello)
  const events: JobEvent[] = []
  tab.jobs.start('predict', {}, (event) => events.push(event))
  const error = { code: 'message-invalid', title: 't', message: 'm', hint: 'h' } as const
  tab.say({ type: 'refused', job: 'job-1', error })
  assert.deepEqual(events, [{ type: 'failed', job: 'job-1', error }])
})

test('what is about no job goes to the page', () => {
  using tab = open()
  tab.say(hello, { type: 'closing' })
  assert.deepEqual(
    tab.others.map(({ type }) => type),
    ['welcome', 'closing'],
  )
})
