// What a visitor does with a space: fill it in, run it, wait, cancel, read what went wrong.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Gallery, Image, Number, optional, refused, Slider, space, Text } from '../../framework/index.ts'
import { type OpenBrowser, openBrowser, PHONE } from '../helpers/browser.ts'
import { type ClientBundle, openClient } from '../helpers/component-page.ts'
import { action, visit, waitForStatus } from '../helpers/live-page.ts'
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

const open = (declared: Parameters<typeof serve>[0], options: Parameters<typeof serve>[1] = {}) =>
  serve(declared, { clientDir: client.dir, ...options })

const doubler = space({
  title: 'Doubler',
  summary: 'Doubles a *number*.',
  inputs: { n: Number({ label: 'A number', max: 100 }), note: optional(Text({ label: 'Note' })) },
  outputs: { twice: Number({ label: 'Twice' }) },
  action: 'Double',
  run: ({ n }) => ({ twice: n * 2 }),
  examples: [{ n: 4 }, { n: 21, note: 'the answer' }],
})

test('a number goes in and its double comes out, and the page asks nobody else for anything', async () => {
  await using server = await open(doubler)
  await using tab = await browser.openPage()
  await visit(tab.page, server.url)
  await tab.page.getByLabel('A number').fill('21')
  await tab.page.getByRole('button', { name: 'Double' }).click()
  await waitForStatus(tab.page, 'Done in')
  assert.equal(await tab.page.locator('#outputs output').textContent(), '42')
  assert.deepEqual(tab.errors, [])
  const { host } = new URL(server.url)
  assert.deepEqual(
    tab.requests.filter((url) => !url.startsWith('data:') && new URL(url).host !== host),
    [],
  )
})

test('everything stands on the page before any script has run', async () => {
  await using server = await open(doubler)
  await using tab = await browser.openPage({ javaScriptEnabled: false })
  await tab.page.goto(server.url)
  assert.equal(await tab.page.getByRole('heading', { level: 1 }).textContent(), 'Doubler')
  assert.equal(await tab.page.locator('.intro em').textContent(), 'number')
  await tab.page.getByLabel('A number').waitFor()
  await tab.page.getByRole('button', { name: 'Double' }).waitFor()
})

test('the keyboard alone is enough: to a field, an answer, and the place of a mistake', async () => {
  await using server = await open(doubler)
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.keyboard.press('Control+Enter')
  await page.getByText('Give a value for “A number” first.').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'in-n')
  await page.keyboard.type('5')
  await page.keyboard.press('Control+Enter')
  await waitForStatus(page, 'Done in')
  assert.equal(await page.locator('#outputs output').textContent(), '10')
  await page
    .getByRole('button', { name: 'the answer' })
    .or(page.getByRole('button', { name: '21' }))
    .focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.getByLabel('Note').inputValue(), 'the answer')
})

test('an answer streams in while the task is still at work, with its progress', async () => {
  const gate = createGate()
  const stream = space({
    title: 'Stream',
    inputs: {},
    outputs: { first: Text({ label: 'First' }), second: Text({ label: 'Second' }) },
    async *run(_, { progress }) {
      progress(0.4, 'Step 2 of 5')
      yield { first: 'early' }
      await gate.passed
      return { first: 'early', second: 'late' }
    },
  })
  await using server = await open(stream)
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await action(page).click()
  await page.locator('#outputs').getByText('early').waitFor()
  await page.getByText('Step 2 of 5').waitFor()
  assert.equal(await page.locator('#outputs > .progress').getAttribute('aria-valuenow'), '40')
  assert.equal(await page.getByText('late', { exact: true }).count(), 0)
  gate.open()
  await page.locator('#outputs').getByText('late').waitFor()
  await waitForStatus(page, 'Done in')
})

test('a picture that a stream gives again is neither sent nor drawn again', async () => {
  const gate = createGate()
  const growing = space({
    title: 'Growing',
    inputs: { photo: Image({ label: 'Photo' }) },
    outputs: { steps: Gallery({ label: 'Steps' }) },
    async *run({ photo }) {
      const half = photo.resize({ width: 20 })
      yield { steps: [half] }
      await gate.passed
      return { steps: [half, photo.grayscale()] }
    },
    examples: [{ photo: 'rgb.png' }],
  })
  await using server = await open([loadedFrom(growing, { dir: fixtures })])
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.locator('.strip button').click()
  await action(page).click()
  const pictures = page.locator('#outputs li img')
  await pictures.waitFor()
  const first = await pictures.getAttribute('src')
  gate.open()
  await waitForStatus(page, 'Done in')
  assert.equal(await pictures.count(), 2)
  assert.equal(await pictures.first().getAttribute('src'), first)
})

test('a run that takes too long is cancelled, and the task hears of it', async () => {
  const aborted = createGate()
  const endless = space({
    title: 'Endless',
    inputs: {},
    outputs: { never: Text() },
    run: (_, { signal }) =>
      new Promise<{ never: string }>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.open()
          reject(signal.reason)
        })
      }),
  })
  await using server = await open(endless)
  await using tab = await browser.openPage()
  await visit(tab.page, server.url)
  await action(tab.page).click()
  await waitForStatus(tab.page, 'Running')
  await tab.page.getByRole('button', { name: 'Cancel' }).click()
  await waitForStatus(tab.page, 'Cancelled')
  await aborted.passed
  await tab.page.getByRole('button', { name: 'Run' }).waitFor()
})

test('who has to wait sees the place in the queue, and then the answer', async () => {
  const gate = createGate()
  const busy = space({
    title: 'Busy',
    inputs: {},
    outputs: { out: Text() },
    concurrency: 1,
    async run() {
      await gate.passed
      return { out: 'served' }
    },
  })
  await using server = await open(busy)
  await using one = await browser.openPage()
  await using two = await browser.openPage()
  await visit(one.page, server.url)
  await visit(two.page, server.url)
  await action(one.page).click()
  await waitForStatus(one.page, 'Running')
  await action(two.page).click()
  await waitForStatus(two.page, 'Waiting')
  assert.match((await two.page.locator('#outputs').textContent()) ?? '', /Your place\s*1st/)
  gate.open()
  await waitForStatus(one.page, 'Done in')
  await waitForStatus(two.page, 'Done in')
})

test('a refusal is a sentence where the answer would be, an error of the author’s has a reference and no stack', async () => {
  const fussy = space({
    title: 'Fussy',
    inputs: { n: Slider({ min: 0, max: 1, step: 1 }) },
    outputs: { out: Text() },
    run({ n }) {
      if (n === 0) throw refused('There is no face in this photo.', 'Choose a portrait.')
      throw new TypeError('secret of the author')
    },
  })
  await using server = await open(fussy)
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await action(page).click()
  const card = page.locator('#outputs .error')
  await card.getByText('There is no face in this photo. Choose a portrait.').waitFor()
  await page.getByRole('slider').fill('1')
  await action(page).click()
  await card.getByText(/Reference [0-9A-Z]{4}-[0-9A-Z]{4}/).waitFor()
  assert.doesNotMatch(await page.content(), /secret of the author/)
})

const bright = space({
  title: 'Bright',
  inputs: { one: Image({ label: 'One' }), two: optional(Image({ label: 'Two' })) },
  outputs: { size: Text({ label: 'Size' }) },
  live: true,
  run: ({ one, two }) => ({ size: `${one.width} x ${one.height}${two ? ' and another' : ''}` }),
  examples: [{ one: 'rgb.png' }, { one: 'rgb.jpg', two: 'rgb.png' }],
})
const openBright = () => open([loadedFrom(bright, { dir: fixtures })])

test('a live space runs when an example is chosen, and again when another one is', async () => {
  await using server = await openBright()
  await using tab = await browser.openPage(PHONE)
  const { page } = tab
  await visit(page, server.url)
  const examples = page.locator('.strip button')
  assert.equal(await examples.count(), 2)
  await examples.nth(1).tap()
  await page.getByText(/\d+ x \d+ and another/).waitFor()
  assert.equal(await examples.nth(1).getAttribute('aria-pressed'), 'true')
  await examples.nth(0).tap()
  await page
    .locator('#outputs')
    .getByText(/^\d+ x \d+$/)
    .waitFor()
})

test('a file dropped anywhere on the page goes to the first input that is empty', async () => {
  await using server = await openBright()
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  const drop = () =>
    page.evaluate(async () => {
      const bytes = await (await fetch(document.querySelector<HTMLImageElement>('.strip img')?.src ?? '')).blob()
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], 'dropped.webp', { type: bytes.type }))
      document
        .querySelector('h1')
        ?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
    })
  await drop()
  await page
    .locator('#outputs')
    .getByText(/^\d+ x \d+$/)
    .waitFor()
  await drop()
  await page.getByText(/and another/).waitFor()
})

test('a picture that is pasted goes to the first input that is empty', async () => {
  await using server = await openBright()
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.locator('.strip button').first().click()
  await page
    .locator('#outputs')
    .getByText(/^\d+ x \d+$/)
    .waitFor()
  await page.evaluate(async () => {
    const bytes = await (await fetch(document.querySelector<HTMLImageElement>('.strip img')?.src ?? '')).blob()
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([bytes], 'pasted.webp', { type: bytes.type }))
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await page.getByText(/and another/).waitFor()
})

test('clear takes everything back', async () => {
  await using server = await open(doubler)
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.getByLabel('A number').fill('3')
  await action(page).click()
  await waitForStatus(page, 'Done in')
  await page.getByRole('button', { name: 'Clear' }).click()
  assert.equal(await page.getByLabel('A number').inputValue(), '')
  assert.equal(await page.locator('#outputs .status').count(), 0)
})

test('the way to call a space from code names its own fields and address', async () => {
  await using server = await open(doubler)
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, server.url)
  await page.getByRole('button', { name: 'API' }).click()
  const dialog = page.getByRole('dialog', { name: 'Use it from code' })
  assert.match(
    (await dialog.locator('pre').textContent()) ?? '',
    new RegExp(`curl ${server.url}api/predict[\\s\\S]*"n": 4`),
  )
  await dialog.getByRole('button', { name: 'TypeScript' }).click()
  assert.match((await dialog.locator('pre').textContent()) ?? '', /const \{ twice \} = await client\.run/)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
})
