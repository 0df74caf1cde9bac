// The page and its connection: cut in the middle of a run, gone for good, back with an edited space.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { SpaceError } from '#core/errors.ts'
import type { AnySpace } from '#core/space.ts'
import { createApp } from '#server/app.ts'
import { listen } from '#server/listen.ts'
import { createLog } from '#server/log.ts'
import { Image, Label, Number, Slider, space, Text } from '../../framework/index.ts'
import { type OpenBrowser, openBrowser } from '../helpers/browser.ts'
import { type ClientBundle, openClient } from '../helpers/component-page.ts'
import { action, connected, visit, waitForStatus } from '../helpers/live-page.ts'
import { createGate, loadedFrom, serve } from '../helpers/serving.ts'

const fixtures = fileURLToPath(new URL('../fixtures/decode/', import.meta.url))

let browser: OpenBrowser
let client: ClientBundle
before(async () => {
  ;[browser, client] = await Promise.all([openBrowser(), openClient()])
})
after(async () => {
  await browser[Symbol.asyncDispose]()
  await client[Symbol.asyncDispose]()
})

/** Stands between the page and its server, and can take the connection away. */
async function holdSocket(page: Page) {
  let close = async () => {}
  await page.routeWebSocket(/\/ws(\?|$)/, (route) => {
    const server = route.connectToServer()
    close = async () => {
      await server.close({ code: 4001, reason: 'cut by the test' })
      await route.close({ code: 4001, reason: 'cut by the test' })
    }
  })
  return { cut: () => close() }
}

test('a connection that is cut in the middle of a stream comes back by itself, and nothing is lost or doubled', async () => {
  const gates = [createGate(), createGate()]
  const counting = space({
    title: 'Counting',
    inputs: {},
    outputs: { said: Text({ label: 'Said' }) },
    async *run() {
      let said = 'one'
      yield { said }
      await gates[0]?.passed
      said += ' two'
      yield { said }
      await gates[1]?.passed
      return { said: `${said} three` }
    },
  })
  await using server = await serve(counting, { clientDir: client.dir })
  await using tab = await browser.openPage()
  const { page } = tab
  const socket = await holdSocket(page)
  await visit(page, server.url)
  await action(page).click()
  await page.locator('#outputs').getByText('one', { exact: true }).waitFor()
  await socket.cut()
  gates[0]?.open()
  await page.locator('#outputs').getByText('one two', { exact: true }).waitFor()
  await connected(page)
  gates[1]?.open()
  await page.locator('#outputs').getByText('one two three', { exact: true }).waitFor()
  await waitForStatus(page, 'Done in')
})

const measure = space({
  title: 'Measure',
  inputs: { photo: Image({ label: 'Photo' }), times: Slider({ label: 'Times', min: 1, max: 9, step: 1 }) },
  outputs: { size: Text({ label: 'Size' }) },
  run: ({ photo, times }) => ({ size: `${photo.width * times} x ${photo.height * times}` }),
})

/** A server that can be started again on the same port, as after a crash. */
async function start(port: number) {
  const app = createApp({
    spaces: [loadedFrom(measure, { dir: fixtures })],
    gallery: null,
    clientDir: client.dir,
    log: createLog(() => {}),
  })
  const server = await listen(app, { port, host: '127.0.0.1' })
  return { url: server.url, port: server.port, stop: () => server.close(0) }
}

test('a page outlives its server: it says so, keeps its values, and sends the photo again', async () => {
  const first = await start(0)
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, first.url)
  await page.locator('input[type=file]').setInputFiles(`${fixtures}rgb.png`)
  await page.getByRole('slider').fill('3')
  await action(page).click()
  await waitForStatus(page, 'Done in')
  const said = await page.locator('#outputs output').textContent()
  await first.stop()
  await page.getByText('The connection is lost.').waitFor()
  const second = await start(first.port)
  try {
    await connected(page)
    await page.getByText('The connection is lost.').waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('slider').inputValue(), '3')
    await page.getByRole('slider').fill('2')
    await action(page).click()
    await waitForStatus(page, 'Done in')
    assert.notEqual(await page.locator('#outputs output').textContent(), said)
  } finally {
    await second.stop()
  }
})

test('a run that the server took with it fails with words, and can be run again', async () => {
  const endless = space({
    title: 'Endless',
    inputs: {},
    outputs: { out: Text() },
    run: (_, { signal }) => new Promise<never>((_resolve, reject) => signal.addEventListener('abort', reject)),
  })
  await using server = await serve(endless, { clientDir: client.dir })
  await using tab = await browser.openPage()
  await visit(tab.page, server.url)
  await action(tab.page).click()
  await waitForStatus(tab.page, 'Running')
  await server.server.close(0)
  await waitForStatus(tab.page, 'Failed')
  await tab.page.locator('#outputs .error').getByText('Run it again').waitFor()
})

const before1 = space({
  title: 'Before',
  inputs: { name: Text({ label: 'Name' }), n: Number({ label: 'N', initial: 1 }) },
  outputs: { out: Text({ label: 'Out' }) },
  run: ({ name }) => ({ out: `before ${name}` }),
})
const after1: AnySpace = space({
  title: 'After',
  inputs: { name: Text({ label: 'Full name' }), n: Slider({ label: 'N', min: 0, max: 9, initial: 4 }) },
  outputs: { out: Text({ label: 'Out' }) },
  run: ({ name }) => ({ out: `after ${name}` }),
})

test('an edited space changes under the visitor’s hands: what was filled in stays', async () => {
  await using server = await serve(before1, { clientDir: client.dir, dev: true })
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('N', { exact: true }).fill('7')
  await server.app.swap(loadedFrom(after1, { revision: '2' }))
  await page.getByRole('heading', { name: 'After' }).waitFor()
  await connected(page)
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Ada')
  assert.equal(await page.getByRole('slider').inputValue(), '4')
  await action(page).click()
  await page.locator('#outputs').getByText('after Ada').waitFor()
})

test('an edit that does not load is shown with its line, and the last good page goes on', async () => {
  await using server = await serve(before1, { clientDir: client.dir, dev: true })
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.getByLabel('Name').fill('Ada')
  const frame = '> 3 | inputs: { name: Txt() }\n    |                 ^'
  server.app.fail('', new SpaceError('space-broken', { file: 'space.ts', reason: 'Txt is not defined', frame }))
  await page.getByRole('heading', { name: 'The space file does not load' }).waitFor()
  assert.match((await page.locator('main > .error pre').textContent()) ?? '', /Txt\(\)/)
  await action(page).click()
  await page.locator('#outputs').getByText('before Ada').waitFor()
  await server.app.swap(loadedFrom(before1, { revision: '3' }))
  await page.locator('main > .error').waitFor({ state: 'detached' })
})

test('a kind of field that was not on the page arrives with its style, and values stay over the reload', async () => {
  const labels: AnySpace = space({
    title: 'Labels',
    inputs: { name: Text({ label: 'Name' }) },
    outputs: { label: Label({ label: 'Label' }) },
    run: ({ name }) => ({ label: { [name]: 1 } }),
  })
  await using server = await serve(before1, { clientDir: client.dir, dev: true })
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.getByLabel('Name').fill('Ada')
  await server.app.swap(loadedFrom(labels, { revision: '2' }))
  await page.getByRole('heading', { name: 'Labels' }).waitFor()
  await connected(page)
  assert.equal(await page.getByLabel('Name').inputValue(), 'Ada')
})

test('who goes on to another page and comes back finds the fields as they were, but for passwords', async () => {
  const form = space({
    title: 'Form',
    inputs: { name: Text({ label: 'Name', initial: 'Ada' }), word: Text({ label: 'Word', type: 'password' }) },
    outputs: { said: Text({ label: 'Said' }) },
    run: ({ name }) => ({ said: `Hello ${name}` }),
  })
  const other = space({ title: 'Other', inputs: {}, outputs: { n: Number() }, run: () => ({ n: 1 }) })
  const spaces = [loadedFrom(form, { slug: 'form' }), loadedFrom(other, { slug: 'other' })]
  await using server = await serve(spaces, { clientDir: client.dir, gallery: { title: 'Two' } })
  await using tab = await browser.openPage()
  const { page } = tab
  const [name, word] = [page.getByLabel('Name'), page.getByLabel('Word')]
  await visit(page, `${server.url}form/`)
  await name.fill('Grace')
  await word.fill('hush')
  await visit(page, `${server.url}other/`)
  await page.goBack()
  await connected(page)
  assert.deepEqual([await name.inputValue(), await word.inputValue()], ['Grace', ''])
  await visit(page, `${server.url}other/`)
  await visit(page, `${server.url}form/`)
  assert.equal(await name.inputValue(), 'Ada', 'a new visit begins anew')
  assert.deepEqual(tab.errors, [])
})

test('an edit that does not load is told wherever the page is scrolled to', async () => {
  const long = space({
    title: 'Long',
    inputs: {},
    outputs: { said: Text({ label: 'Said' }) },
    article: 'A line.\n\n'.repeat(200),
    run: () => ({ said: 'x' }),
  })
  await using server = await serve(long, { clientDir: client.dir, dev: true })
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.evaluate(() => scrollTo(0, 1e6))
  server.app.fail('', new SpaceError('space-broken', { file: 'space.ts', reason: 'no' }))
  const banner = page.getByText('The newest edit does not load.')
  await banner.waitFor()
  assert.equal(await banner.evaluate((node) => node.getBoundingClientRect().top < innerHeight), true)
  await server.app.swap(loadedFrom(long, { revision: '2' }))
  await banner.waitFor({ state: 'detached' })
})
