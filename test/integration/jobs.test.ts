// A job from the page's button to its end, over a real socket.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Number, optional, refused, Slider, space, Text } from '../../framework/index.ts'
import { createGate, openTab, serve, until } from '../helpers/serving.ts'

const doubler = space({
  title: 'Doubler',
  inputs: {
    n: Number({ label: 'A number', max: 100 }),
    note: optional(Text()),
    times: Slider({ min: 1, max: 9, initial: 2 }),
  },
  outputs: { product: Number(), heard: optional(Text()) },
  run: ({ n, note, times }) => ({ product: n * times, heard: note }),
})

test('a run that ends at once costs one message and one frame', async () => {
  await using serving = await serve(doubler)
  await using tab = await openTab(serving.url)
  tab.run('a', { n: 21 })
  const done = await tab.next('done', 'a')
  assert.deepEqual(done.outputs, { product: 42, heard: null })
  assert.equal(done.seq, 1)
  assert.ok(done.elapsedMs >= 0)
  assert.equal(tab.frames.length, 2, 'welcome and done')
})

test('a streamed run sends only the outputs that each yield names, and all of them at the end', async () => {
  const gate = createGate()
  const stream = space({
    title: 'Stream',
    inputs: {},
    outputs: { a: Number(), b: Number() },
    async *run(_, { progress }) {
      yield { a: 1 }
      progress(0.5, 'half')
      yield { b: 2 }
      await gate.passed
      return { a: 3, b: 4 }
    },
  })
  await using serving = await serve(stream)
  await using tab = await openTab(serving.url)
  tab.run('s')
  const progress = await tab.next('progress', 's')
  assert.deepEqual([progress.fraction, progress.note], [0.5, 'half'])
  await until(() => tab.messages.filter(({ type }) => type === 'patch').length === 2)
  gate.open()
  const done = await tab.next('done', 's')
  assert.deepEqual(done.outputs, { a: 3, b: 4 })
  const patches = tab.messages.filter((message) => message.type === 'patch')
  assert.deepEqual(
    patches.map(({ outputs }) => outputs),
    [{ a: 1 }, { b: 2 }],
  )
  const kinds = tab.messages.map(({ type }) => type)
  assert.ok(kinds.indexOf('running') < kinds.indexOf('patch'))
  const numbers = tab.messages.flatMap((message) =>
    'seq' in message && message.type !== 'welcome' ? [message.seq] : [],
  )
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  )
})

test('wrong inputs are refused with the field, what it wants and what came', async () => {
  await using serving = await serve(doubler)
  await using tab = await openTab(serving.url)
  const errorOf = async (job: string, inputs: Record<string, unknown>, task?: string) => {
    tab.run(job, inputs, task)
    return (await tab.next('failed', job)).error
  }
  const text = await errorOf('text', { n: 'seven' })
  assert.equal(text.code, 'invalid-value')
  assert.match(text.message, /inputs\.n: expected a number of at most 100, got “seven” \(text\)/)
  assert.match((await errorOf('large', { n: 101 })).message, /got 101/)
  const missing = await errorOf('missing', {})
  assert.equal(missing.code, 'input-missing')
  assert.match(missing.message, /“A number”/)
  assert.equal((await errorOf('null', { n: null })).code, 'input-missing')
  const unknown = await errorOf('unknown', { n: 1, nn: 2 })
  assert.equal(unknown.code, 'input-unknown')
  assert.match(unknown.message, /got “nn”/)
  assert.equal((await errorOf('proto', JSON.parse('{"n":1,"__proto__":{"x":1}}'))).code, 'input-unknown')
  const task = await errorOf('task', { n: 1 }, 'paint')
  assert.equal(task.code, 'task-unknown')
  assert.match(task.message, /expected “predict”, got “paint”/)
  tab.run('fine', { n: 1, times: 3 })
  assert.deepEqual((await tab.next('done', 'fine')).outputs, { product: 3, heard: null })
  assert.deepEqual(serving.log, [], 'a visitor’s mistakes are not the author’s')
})

test('a task that throws shows a reference, and the author finds the stack under it', async () => {
  const thrower = space({
    title: 'Thrower',
    inputs: { how: Text() },
    outputs: { n: Number() },
    async run({ how }) {
      if (how === 'refused') throw refused('No face in this photo.', 'Take another one.')
      if (how === 'string') throw 'a plain string'
      throw new TypeError('secret /etc/passwd')
    },
  })
  await using serving = await serve(thrower)
  await using tab = await openTab(serving.url)
  tab.run('t', { how: 'type' })
  const { error } = await tab.next('failed', 't')
  assert.equal(error.code, 'run-failed')
  assert.match(error.reference ?? '', /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
  assert.doesNotMatch(JSON.stringify(error), /secret|TypeError/)
  const log = serving.log.join('')
  assert.ok(log.includes(error.reference ?? '?'))
  assert.match(log, /TypeError: secret[\s\S]*jobs\.test/)
  tab.run('r', { how: 'refused' })
  const said = (await tab.next('failed', 'r')).error
  assert.deepEqual([said.code, said.message, said.hint], ['refused', 'No face in this photo.', 'Take another one.'])
  assert.equal(said.reference, undefined)
  tab.run('s', { how: 'string' })
  assert.equal((await tab.next('failed', 's')).error.code, 'run-failed')
})

test('answers that do not fit the outputs name the output, for the author too', async () => {
  const answers: Record<string, unknown> = {
    nothing: undefined,
    missing: {},
    text: { n: 'one' },
    stray: { n: 1, m: 2 },
    list: [1],
  }
  const wrong = space({
    title: 'Wrong',
    inputs: { which: Text() },
    outputs: { n: Number() },
    run: ({ which }) => answers[which] as { n: number },
  })
  await using serving = await serve(wrong)
  await using tab = await openTab(serving.url)
  for (const [name, pattern] of [
    ['nothing', /outputs: expected an object with the outputs by name, got nothing/],
    ['missing', /outputs\.n: expected a number, got nothing/],
    ['text', /outputs\.n: expected a number, got “one” \(text\)/],
    ['stray', /outputs: expected the outputs n, got “m”/],
    ['list', /got a list of 1/],
  ] as const) {
    tab.run(name, { which: name })
    const { error } = await tab.next('failed', name)
    assert.equal(error.code, 'output-invalid')
    assert.match(error.message, pattern)
    assert.ok(serving.log.join('').includes(error.reference ?? '?'))
  }
})

test('cancel reaches the task’s signal, and its end is “cancelled” and nothing after it', async () => {
  const started = createGate()
  const stopped = createGate<unknown>()
  const patient = space({
    title: 'Patient',
    inputs: {},
    outputs: { n: Number() },
    run: (_, { signal }) =>
      new Promise<{ n: number }>((_resolve, reject) => {
        started.open()
        signal.addEventListener('abort', () => {
          stopped.open(signal.reason)
          reject(signal.reason)
        })
      }),
  })
  await using serving = await serve(patient)
  await using tab = await openTab(serving.url)
  tab.run('p')
  await started.passed
  tab.send({ type: 'cancel', job: 'p' })
  await tab.next('cancelled', 'p')
  assert.equal(((await stopped.passed) as Error).name, 'AbortError')
  tab.send({ type: 'ping' })
  await tab.next('pong')
  assert.equal(tab.messages.at(-1)?.type, 'pong')
  assert.ok(!tab.messages.some(({ type }) => type === 'failed'))
})

test('a run that never ends and ignores its signal still ends for its visitor, and its slot is free again', async () => {
  let calls = 0
  const deaf = space({
    title: 'Deaf',
    inputs: {},
    outputs: { n: Number() },
    concurrency: 1,
    run: () => (++calls === 1 ? new Promise<{ n: number }>(() => {}) : { n: calls }),
  })
  await using serving = await serve(deaf)
  await using tab = await openTab(serving.url)
  tab.run('never')
  await tab.next('running', 'never')
  tab.run('next')
  await tab.next('queued', 'next')
  tab.send({ type: 'cancel', job: 'never' })
  await tab.next('cancelled', 'never')
  assert.deepEqual((await tab.next('done', 'next')).outputs, { n: 2 })
})

test('a generator that is cancelled runs its finally blocks and says no more', async () => {
  const closed = createGate()
  const endless = space({
    title: 'Endless',
    inputs: {},
    outputs: { n: Number() },
    async *run() {
      try {
        for (let n = 0; ; n++) yield { n }
      } finally {
        closed.open()
      }
    },
  })
  await using serving = await serve(endless as never)
  await using tab = await openTab(serving.url)
  tab.run('e')
  await tab.next('patch', 'e')
  tab.send({ type: 'cancel', job: 'e' })
  await tab.next('cancelled', 'e')
  await closed.passed
  tab.send({ type: 'ping' })
  await tab.next('pong')
  assert.deepEqual(
    tab.messages.slice(-2).map(({ type }) => type),
    ['cancelled', 'pong'],
  )
})

test('a generator whose patch does not fit runs its finally blocks too', async () => {
  const closed = createGate()
  const careless = space({
    title: 'Careless',
    inputs: {},
    outputs: { n: Number() },
    async *run() {
      try {
        yield { n: 'seven' }
      } finally {
        closed.open()
      }
    },
  } as never)
  await using serving = await serve(careless)
  await using tab = await openTab(serving.url)
  tab.run('c')
  assert.equal((await tab.next('failed', 'c')).error.code, 'output-invalid')
  await closed.passed
})

test('a run above its time limit is stopped and says how long it had', async () => {
  const aborted = createGate()
  const slow = space({
    title: 'Slow',
    inputs: {},
    outputs: { n: Number() },
    timeoutSeconds: 0.02,
    run: (_, { signal }) => {
      signal.addEventListener('abort', () => aborted.open())
      return new Promise<{ n: number }>(() => {})
    },
  })
  await using serving = await serve(slow)
  await using tab = await openTab(serving.url)
  tab.run('s')
  const { error } = await tab.next('failed', 's')
  assert.equal(error.code, 'run-timeout')
  assert.match(error.message, /0\.02 s/)
  await aborted.passed
})

test('a thousand progress reports in one breath become one message', async () => {
  const chatty = space({
    title: 'Chatty',
    inputs: {},
    outputs: { n: Number() },
    async run(_, { progress }) {
      for (const _step of progress.over(Array.from({ length: 1000 }), 'Counting')) {
      }
      await new Promise((resolve) => setTimeout(resolve, 60))
      return { n: 1 }
    },
  })
  await using serving = await serve(chatty)
  await using tab = await openTab(serving.url)
  tab.run('c')
  await tab.next('done', 'c')
  const told = tab.messages.filter((message) => message.type === 'progress')
  assert.deepEqual(
    told.map(({ fraction, note }) => [fraction, note]),
    [[1, 'Counting']],
  )
})

test('setup is made once for all runs; when it fails the visitor reads why, and the next run tries again', async () => {
  let attempts = 0
  let isMissing = true
  const fragile = space({
    title: 'Fragile',
    inputs: {},
    outputs: { n: Number() },
    async setup() {
      attempts++
      if (isMissing) throw refused('The model is not there.')
      return { attempts }
    },
    run: (_, { shared }) => ({ n: shared.attempts }),
  })
  await using serving = await serve(fragile)
  await using tab = await openTab(serving.url)
  tab.run('first')
  const { error } = await tab.next('failed', 'first')
  assert.equal(error.code, 'setup-failed')
  assert.match(error.message, /The model is not there\./)
  assert.ok(serving.log.join('').includes(error.reference ?? '?'))
  isMissing = false
  const failed = attempts
  tab.run('second')
  tab.run('third')
  assert.deepEqual((await tab.next('done', 'second')).outputs, { n: failed + 1 })
  assert.deepEqual((await tab.next('done', 'third')).outputs, { n: failed + 1 })
})
