// Who waits, for how long, and who goes first.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batched, Number, space, Text } from '../../framework/index.ts'
import { createGate, openTab, serve, until } from '../helpers/serving.ts'

/** A space whose runs end one by one when the test says so, and which writes down who ran. */
function turnstile(concurrency = 1) {
  const order: string[] = []
  const waiting: (() => void)[] = []
  const declared = space({
    title: 'Turnstile',
    inputs: { who: Text() },
    outputs: { who: Text() },
    concurrency,
    run: async ({ who }) => {
      order.push(who)
      await new Promise<void>((resolve) => waiting.push(resolve))
      return { who }
    },
  })
  return { declared, order, waiting, letOne: () => waiting.shift()?.() }
}

test('those who wait are told their place, and move up', async () => {
  const { declared, letOne, waiting } = turnstile()
  await using serving = await serve(declared)
  await using tab = await openTab(serving.url)
  for (const job of ['a', 'b', 'c']) tab.run(job, { who: job })
  await tab.next('running', 'a')
  const b = await tab.next('queued', 'b')
  const c = await tab.next('queued', 'c')
  assert.deepEqual([b.position, b.size, b.etaMs, c.position, c.size], [1, 2, null, 2, 2])
  letOne()
  await tab.next('done', 'a')
  await until(() =>
    tab.messages.some((message) => message.type === 'queued' && message.job === 'c' && message.position === 1),
  )
  const moved = tab.messages.findLast((message) => message.type === 'queued')
  assert.ok(moved?.etaMs !== null && (moved?.etaMs ?? -1) >= 0, 'something has been measured by now')
  await until(() => waiting.length === 1)
  letOne()
  await until(() => waiting.length === 1)
  letOne()
  await tab.next('done', 'c')
})

test('a visitor with five jobs does not stand before another one with one', async () => {
  const { declared, order, waiting, letOne } = turnstile()
  await using serving = await serve(declared)
  await using busy = await openTab(serving.url)
  await using other = await openTab(serving.url)
  for (const who of ['a1', 'a2', 'a3', 'a4', 'a5']) busy.run(who, { who })
  await busy.next('queued', 'a5')
  other.run('b1', { who: 'b1' })
  const queued = await other.next('queued', 'b1')
  assert.equal(queued.position, 2, 'behind one job of the other visitor, not behind four')
  for (let done = 0; done < 6; done++) {
    await until(() => waiting.length === 1)
    letOne()
  }
  await busy.next('done', 'a5')
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'a3', 'a4', 'a5'])
})

test('no more run at once than the space allows, and a waiting job can be cancelled', async () => {
  const { declared, order, waiting, letOne } = turnstile(2)
  await using serving = await serve(declared)
  await using tab = await openTab(serving.url)
  for (const who of ['a', 'b', 'c', 'd']) tab.run(who, { who })
  await tab.next('queued', 'd')
  assert.deepEqual(order, ['a', 'b'])
  assert.deepEqual([serving.app.health().running, serving.app.health().waiting], [2, 2])
  tab.send({ type: 'cancel', job: 'c' })
  await tab.next('cancelled', 'c')
  letOne()
  await until(() => order.length === 3)
  assert.deepEqual(order, ['a', 'b', 'd'])
  while (waiting.length) letOne()
  await tab.next('done', 'd')
})

test('a full queue and a greedy visitor are refused with the limit', async () => {
  const { declared } = turnstile()
  await using serving = await serve(declared, { limits: { maxWaiting: 2, maxJobsPerSession: 2 } })
  await using a = await openTab(serving.url)
  await using b = await openTab(serving.url)
  for (const job of ['1', '2', '3']) a.run(job, { who: job })
  const greedy = (await a.next('failed', '3')).error
  assert.deepEqual([greedy.code, greedy.message], ['too-many', 'runs: expected at most 2 for one visitor, got more.'])
  b.run('1', { who: 'b' })
  await b.next('queued', '1')
  await using c = await openTab(serving.url)
  c.run('1', { who: 'c' })
  const full = (await c.next('failed', '1')).error
  assert.equal(full.code, 'queue-full')
  assert.match(full.message, /at most 2 runs/)
})

test('a batched space is called with the rows that came together, no more than fit', async () => {
  const calls: number[][] = []
  const gathered = batched({
    title: 'Gathered',
    inputs: { n: Number() },
    outputs: { square: Number() },
    batch: { size: 3, waitMs: 300 },
    run: (rows) => {
      calls.push(rows.map(({ n }) => n))
      return rows.map(({ n }) => ({ square: n * n }))
    },
  })
  await using serving = await serve(gathered)
  const tabs = await Promise.all([1, 2, 3, 4].map(() => openTab(serving.url)))
  try {
    for (const [index, tab] of tabs.entries()) tab.run('j', { n: index + 1 })
    const done = await Promise.all(tabs.map((tab) => tab.next('done', 'j')))
    assert.deepEqual(
      done.map(({ outputs }) => outputs.square),
      [1, 4, 9, 16],
    )
    assert.deepEqual(
      calls.map(({ length }) => length),
      [3, 1],
    )
  } finally {
    for (const tab of tabs) await tab[Symbol.asyncDispose]()
  }
})

test('a batch that fails fails for all of its rows with one reference; wrong answers name what was owed', async () => {
  let answer: () => { n: number }[] = () => {
    throw new Error('out of memory')
  }
  const failing = batched({
    title: 'Failing',
    inputs: { n: Number() },
    outputs: { n: Number() },
    batch: { size: 2, waitMs: 1000 },
    run: () => answer(),
  })
  await using serving = await serve(failing)
  await using tab = await openTab(serving.url)
  tab.run('a', { n: 1 })
  tab.run('b', { n: 2 })
  const [a, b] = [(await tab.next('failed', 'a')).error, (await tab.next('failed', 'b')).error]
  assert.equal(a.code, 'run-failed')
  assert.equal(a.reference, b.reference)
  assert.equal(serving.log.join('').split('out of memory').length, 2, 'logged once')
  answer = () => [{ n: 1 }]
  tab.run('c', { n: 1 })
  tab.run('d', { n: 2 })
  const short = (await tab.next('failed', 'c')).error
  assert.equal(short.code, 'output-invalid')
  assert.match(short.message, /outputs: expected a list of 2, one row for each row of inputs, got a list of 1/)
  answer = () => [{ n: 1 }, { n: 'x' as never }]
  tab.run('e', { n: 1 })
  tab.run('f', { n: 2 })
  assert.deepEqual((await tab.next('done', 'e')).outputs, { n: 1 }, 'one wrong row does not spoil the others')
  assert.match((await tab.next('failed', 'f')).error.message, /outputs\.n/)
})

test('a cancelled row leaves its batch, and a batch is stopped when all of its rows are', async () => {
  const started = createGate<AbortSignal>()
  let calls = 0
  const stuck = batched({
    title: 'Stuck',
    inputs: { n: Number() },
    outputs: { n: Number() },
    concurrency: 1,
    batch: { size: 2, waitMs: 1000 },
    run: (rows, { signal }) => {
      if (++calls > 1) return rows
      started.open(signal)
      return new Promise<{ n: number }[]>(() => {})
    },
  })
  await using serving = await serve(stuck)
  await using tab = await openTab(serving.url)
  tab.run('a', { n: 1 })
  tab.run('b', { n: 2 })
  const signal = await started.passed
  tab.send({ type: 'cancel', job: 'a' })
  await tab.next('cancelled', 'a')
  assert.equal(signal.aborted, false)
  tab.send({ type: 'cancel', job: 'b' })
  await tab.next('cancelled', 'b')
  assert.equal(signal.aborted, true)
  tab.run('c', { n: 3 })
  tab.run('d', { n: 4 })
  assert.deepEqual((await tab.next('done', 'd')).outputs, { n: 4 })
})
