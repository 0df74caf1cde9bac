// What happens to pages, jobs and models when a space is edited while it is served.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import { Number, space, Text } from '../../framework/index.ts'
import { createGate, loadedFrom, openTab, serve, until } from '../helpers/serving.ts'

test('a running job ends on the old code, the next one starts on the new, and pages get the new manifest', async () => {
  const gate = createGate()
  const before = space({
    title: 'Before',
    inputs: {},
    outputs: { text: Text() },
    run: async () => {
      await gate.passed
      return { text: 'old' }
    },
  })
  const after = space({ title: 'After', inputs: {}, outputs: { text: Text() }, run: () => ({ text: 'new' }) })
  await using serving = await serve(before)
  await using tab = await openTab(serving.url)
  tab.run('old')
  await tab.next('running', 'old')
  await serving.app.swap(loadedFrom(after, { revision: '2' }))
  const { manifest } = await tab.next('reload')
  assert.deepEqual([manifest.title, manifest.revision], ['After', '2'])
  tab.run('new')
  assert.deepEqual((await tab.next('done', 'new')).outputs, { text: 'new' })
  gate.open()
  assert.deepEqual((await tab.next('done', 'old')).outputs, { text: 'old' })
  const page = await (await fetch(serving.url)).text()
  assert.match(page, /<title>After<\/title>/)
})

test('what setup gave is kept while its key stays, and disposed after the last run on it when the key changes', async () => {
  const events: string[] = []
  const gate = createGate()
  const version = (name: string) =>
    space({
      title: name,
      inputs: { wait: Number({ initial: 0 }) },
      outputs: { model: Text() },
      setup: () => {
        events.push(`load ${name}`)
        return {
          name,
          async [Symbol.asyncDispose]() {
            events.push(`dispose ${name}`)
          },
        }
      },
      run: async ({ wait }, { shared }) => {
        if (wait) await gate.passed
        return { model: shared.name }
      },
    })
  {
    await using serving = await serve([loadedFrom(version('one'), { setupKey: 'k1' })])
    await using tab = await openTab(serving.url)
    tab.run('a')
    assert.deepEqual((await tab.next('done', 'a')).outputs, { model: 'one' })
    await serving.app.swap(loadedFrom(version('two'), { setupKey: 'k1', revision: '2' }))
    tab.run('b', { wait: 1 })
    await tab.next('running', 'b')
    assert.deepEqual(events, ['load one'])
    await serving.app.swap(loadedFrom(version('three'), { setupKey: 'k3', revision: '3' }))
    tab.run('c')
    assert.deepEqual((await tab.next('done', 'c')).outputs, { model: 'three' })
    assert.deepEqual(events, ['load one', 'load three'], 'b still runs on the first one')
    gate.open()
    assert.deepEqual((await tab.next('done', 'b')).outputs, { model: 'one' })
    await until(() => events.includes('dispose one'))
  }
  assert.deepEqual(events, ['load one', 'load three', 'dispose one', 'dispose three'])
})

test('several models that setup gave, as an object or a list, are disposed each', async () => {
  const disposed: string[] = []
  const model = (name: string) => Object.assign(() => name, { dispose: () => disposed.push(name) })
  const setups: readonly (() => unknown)[] = [
    () => ({ a: model('a'), b: model('b'), size: 3, none: null }),
    () => [model('c'), model('d')],
  ]
  for (const setup of setups) {
    const several = space({ title: 'S', inputs: {}, outputs: { n: Number() }, setup, run: () => ({ n: 1 }) })
    await using serving = await serve(several)
    await using tab = await openTab(serving.url)
    tab.run('a')
    await tab.next('done', 'a')
  }
  assert.deepEqual(disposed, ['a', 'b', 'c', 'd'])
})

test('a job that waited through an edit runs on the new code, or is told what no longer fits', async () => {
  const gate = createGate()
  const before = space({
    title: 'Before',
    concurrency: 1,
    inputs: { n: Number() },
    outputs: { text: Text() },
    run: async () => {
      await gate.passed
      return { text: 'old' }
    },
  })
  const after = space({
    title: 'After',
    concurrency: 1,
    inputs: { n: Number({ max: 5 }) },
    outputs: { text: Text() },
    run: () => ({ text: 'new' }),
  })
  await using serving = await serve(before)
  await using tab = await openTab(serving.url)
  for (const [index, job] of ['running', 'fits', 'not'].entries()) tab.run(job, { n: index === 2 ? 9 : 1 })
  await tab.next('queued', 'not')
  await serving.app.swap(loadedFrom(after, { revision: '2' }))
  gate.open()
  assert.deepEqual((await tab.next('done', 'running')).outputs, { text: 'old' })
  assert.deepEqual((await tab.next('done', 'fits')).outputs, { text: 'new' })
  assert.match((await tab.next('failed', 'not')).error.message, /inputs\.n: expected a number of at most 5, got 9/)
})

test('an edit that does not load is shown on the page, and the last good one goes on', async () => {
  const good = space({ title: 'Good', inputs: {}, outputs: { n: Number() }, run: () => ({ n: 1 }) })
  await using serving = await serve(good, { dev: true })
  await using tab = await openTab(serving.url)
  const problem = new SpaceError('space-broken', { file: 'space.ts', reason: 'Unexpected “}”', frame: '> 3 | }' })
  serving.app.fail('', problem)
  const { error } = await tab.next('broken')
  assert.deepEqual([error.code, error.frame], ['space-broken', '> 3 | }'])
  tab.run('a')
  assert.deepEqual((await tab.next('done', 'a')).outputs, { n: 1 })
  assert.equal((await fetch(serving.url)).status, 200)
})

test('an edit whose example is missing its file names it, and the last good space goes on', async () => {
  const good = space({ title: 'Good', inputs: {}, outputs: { n: Number() }, run: () => ({ n: 1 }) })
  const { Image } = await import('../../framework/index.ts')
  const bad = space({
    title: 'Bad',
    inputs: { photo: Image() },
    outputs: { n: Number() },
    run: () => ({ n: 1 }),
    examples: [{ photo: 'examples/none.jpg' }],
  })
  await using serving = await serve(good)
  await using tab = await openTab(serving.url)
  await serving.app.swap(loadedFrom(bad, { revision: '2' }))
  const { error } = await tab.next('broken')
  assert.match(error.message, /examples\[0\]\.photo: expected a file, got none at .*none\.jpg/)
})

test('a space that does not load at first has a page that says why, and comes alive with the edit', async () => {
  const problem = new SpaceError('space-broken', {
    file: 'space.ts',
    reason: 'no default export',
    frame: '1 | nothing',
  })
  const good = space({ title: 'Good', inputs: {}, outputs: { n: Number() }, run: () => ({ n: 1 }) })
  await using serving = await serve([loadedFrom(null, { problem })], { dev: true })
  const page = await fetch(serving.url)
  assert.equal(page.status, 500)
  assert.match(await page.text(), /space\.ts: no default export[\s\S]*1 \| nothing/)
  await using tab = await openTab(serving.url)
  tab.run('a')
  assert.equal((await tab.next('failed', 'a')).error.code, 'space-broken')
  await serving.app.swap(loadedFrom(good, { revision: '2' }))
  await tab.next('reload')
  tab.run('b')
  assert.deepEqual((await tab.next('done', 'b')).outputs, { n: 1 })
})

test('a page of a space that is taken away and put back, as a change of branch does, finds the new one by itself', async () => {
  const version = (title: string) =>
    space({ title, inputs: {}, outputs: { text: Text() }, run: () => ({ text: title }) })
  await using serving = await serve([loadedFrom(version('Before'), { slug: 'one' })], { gallery: { title: 'All' } })
  const url = `${serving.url}one/`
  await using tab = await openTab(url)
  serving.app.remove('one')
  assert.equal(await tab.closed, 1001)
  await assert.rejects(openTab(url), /status 404/)
  await serving.app.swap(loadedFrom(version('After'), { slug: 'one', revision: '2' }))
  await using again = await openTab(url, { resume: { tab: tab.tab, seen: 0 } })
  const { resumed, revision } = await again.next('welcome')
  assert.deepEqual([resumed, revision], [false, '2'])
  again.run('a')
  assert.deepEqual((await again.next('done', 'a')).outputs, { text: 'After' })
})

test('examples that do not fit are told to the author once, and an edit that brings them is not served', async () => {
  const version = (examples: readonly object[]) =>
    space({
      title: 'N',
      inputs: { n: Number({ max: 3 }) },
      outputs: { n: Number() },
      run: ({ n }) => ({ n }),
      examples,
    })
  await using serving = await serve(version([{ n: 9 }]))
  const told = () => serving.log.filter((line) => line.includes('examples[0].n: expected a number of at most 3, got 9'))
  for (const _ of [1, 2]) {
    const page = await fetch(serving.url)
    assert.equal(page.status, 500)
    assert.match(await page.text(), /space\.ts: one problem\./)
  }
  assert.equal(told().length, 1)
  assert.equal(await serving.app.swap(loadedFrom(version([{ n: 2 }]), { revision: '2' })), true)
  assert.equal((await fetch(serving.url)).status, 200)
  assert.equal(await serving.app.swap(loadedFrom(version([{ n: 9 }]), { revision: '3' })), false)
  assert.equal((await fetch(serving.url)).status, 200, 'the last good one goes on')
  assert.equal(told().length, 2)
})
