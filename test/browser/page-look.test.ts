// The page as it is seen and touched: light and dark, phone and desktop, by people and by assistive technology.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import {
  type Context,
  Dropdown,
  Image,
  JSON,
  Label,
  Number,
  refused,
  Slider,
  space,
  Text,
} from '../../framework/index.ts'
import { type OpenBrowser, openBrowser, PHONE, shotPath } from '../helpers/browser.ts'
import { type ClientBundle, openClient } from '../helpers/component-page.ts'
import { action, visit, waitForStatus } from '../helpers/live-page.ts'
import { loadedFrom, openTab, type Serving, serve } from '../helpers/serving.ts'

const fixtures = fileURLToPath(new URL('../fixtures/decode/', import.meta.url))

const photo = space({
  title: 'What is in this photo?',
  summary: 'A pretended network, with `code` and a [link](https://example.org).',
  tags: ['classification'],
  article: '## How\n\nIt pretends.\n\n| a | b |\n| - | - |\n| 1 | 2 |',
  inputs: { photo: Image({ label: 'Photo' }), top: Slider({ label: 'Labels to show', min: 1, max: 10, step: 1 }) },
  outputs: { labels: Label({ label: 'Labels' }) },
  action: 'Classify',
  run({ top }) {
    if (top === 10) throw refused('There is nothing to see.')
    return { labels: { 'tabby cat': 0.714, 'Egyptian cat': 0.198, lynx: 0.012 } }
  },
  examples: [{ photo: 'rgb.jpg' }, { photo: 'rgb.png' }],
})

const form = space({
  title: 'A form with a rather long title that has to break on a telephone',
  tags: ['form'],
  inputs: {
    name: Text({ label: 'Name', hint: 'of the run', initial: 'flowers' }),
    pictures: Number({ label: 'Pictures in the training split', initial: 8144 }),
    size: Dropdown({ label: 'Size', choices: ['16', '32'] }),
  },
  outputs: { words: Text({ label: 'In words' }), plan: JSON({ label: 'Plan' }) },
  run: (given) => ({ words: 'An answer', plan: given }),
  examples: [
    { name: 'cifar10-resnet-with-a-very-long-name', pictures: 50_000, size: '32' },
    { name: 'vit', pictures: 5, size: '16' },
  ],
})

/** Works for as long as the test looks at it. */
const endless = {
  inputs: {},
  outputs: { picture: Image({ label: 'Picture' }), labels: Label({ label: 'Labels' }) },
  run: (_: object, { progress, signal }: Context<undefined>) => {
    progress(0.62, 'Step 31 of 50 · Denoising')
    return new Promise<never>((_resolve, reject) => signal.addEventListener('abort', reject))
  },
}
const running = space({ title: 'Under way', concurrency: 100, ...endless })
const queued = space({ title: 'Many want this', concurrency: 1, ...endless })

let browser: OpenBrowser
let client: ClientBundle
let server: Serving
before(async () => {
  ;[browser, client] = await Promise.all([openBrowser(), openClient()])
  const spaces = Object.entries({ photo, form, running, queued }).map(([slug, declared]) =>
    loadedFrom(declared, { slug, dir: fixtures }),
  )
  server = await serve(spaces, { clientDir: client.dir, gallery: { title: 'Demos' } })
  const first = await openTab(`${server.url}queued/`)
  first.run('first in the queue')
  await first.next('running')
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await browser[Symbol.asyncDispose]()
  await client[Symbol.asyncDispose]()
})

const DEVICES = { desktop: { viewport: { width: 1280, height: 820 } }, phone: PHONE } as const
const SCHEMES = ['light', 'dark'] as const

/** What a visitor may see: a name, where it is, and how to get there. */
const STATES: readonly (readonly [name: string, path: string, act: (page: Page) => Promise<unknown>])[] = [
  ['gallery', '', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  ['empty', 'photo/', async () => {}],
  [
    'done',
    'photo/',
    async (page) => {
      await page.locator('.strip button').first().click()
      await action(page).click()
      await waitForStatus(page, 'Done in')
    },
  ],
  [
    'failed',
    'photo/',
    async (page) => {
      await page.locator('.strip button').first().click()
      await page.getByRole('slider').fill('10')
      await action(page).click()
      await waitForStatus(page, 'Failed')
    },
  ],
  [
    'running',
    'running/',
    async (page) => {
      await action(page).click()
      await page.getByText('Step 31 of 50').waitFor()
    },
  ],
  [
    'queued',
    'queued/',
    async (page) => {
      await action(page).click()
      await waitForStatus(page, 'Waiting')
    },
  ],
  ['missing', 'photo/', (page) => action(page).click()],
  [
    'api',
    'photo/',
    (page) =>
      page
        .getByRole('button', { name: 'API' })
        .click()
        .then(() => page.getByRole('dialog').waitFor()),
  ],
  [
    'form',
    'form/',
    async (page) => {
      await action(page).click()
      await waitForStatus(page, 'Done in')
    },
  ],
]

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the accessibility checker finds, each with where it is. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (window as never as { axe: typeof import('axe-core') }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
  })
}

for (const [name, path, act] of STATES) {
  for (const [device, options] of Object.entries(DEVICES)) {
    for (const colorScheme of SCHEMES) {
      test(`${name} on a ${device}, ${colorScheme}: nothing for the accessibility checker to find`, async () => {
        await using tab = await browser.openPage({ ...options, colorScheme, reducedMotion: 'reduce' })
        const { page } = tab
        if (path) await visit(page, server.url + path)
        else await page.goto(server.url)
        await act(page)
        assert.deepEqual(await violationsOf(page), [])
        const shot = shotPath(`${name}-${device}-${colorScheme}`)
        if (shot) await page.screenshot({ path: shot })
      })
    }
  }
}

for (const width of [320, 390, 768, 1024, 1920]) {
  test(`nothing has to be scrolled sideways at ${width} px`, async () => {
    await using tab = await browser.openPage({ viewport: { width, height: 700 } })
    const { page } = tab
    for (const [, path, act] of STATES.filter(([name]) => name !== 'api')) {
      if (path) await visit(page, server.url + path)
      else await page.goto(server.url)
      await act(page)
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.equal(over, 0, `${path || 'gallery'} at ${width}`)
    }
  })
}

test('everything that is touched on a phone is at least 44 px high', async () => {
  await using tab = await browser.openPage(PHONE)
  const { page } = tab
  for (const [, path, act] of STATES.filter(([name]) => ['gallery', 'done', 'form'].includes(name))) {
    if (path) await visit(page, server.url + path)
    else await page.goto(server.url)
    await act(page)
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, .input, a.card, .crumb a')]
        .filter((element) => element.checkVisibility() && !element.closest('.table, .visually-hidden'))
        .map((element) => ({ what: element.outerHTML.slice(0, 80), height: element.getBoundingClientRect().height }))
        .filter(({ height }) => height < 43.5),
    )
    assert.deepEqual(small, [])
  }
})

test('the action stays within the thumb’s reach on a phone', async () => {
  await using tab = await browser.openPage(PHONE)
  const { page } = tab
  await visit(page, `${server.url}form/`)
  const bottomOf = () => action(page).evaluate((element) => innerHeight - element.getBoundingClientRect().bottom)
  const before = await bottomOf()
  assert.ok(before >= 0 && before < 40, `${before} px from the bottom`)
  await page.mouse.wheel(0, 400)
  assert.equal(await bottomOf(), before)
})

test('nothing jumps when a picture and its result come', async () => {
  await using tab = await browser.openPage()
  const { page } = tab
  await visit(page, `${server.url}photo/`)
  const place = () => page.locator('.strip').evaluate((element) => element.getBoundingClientRect().top + scrollY)
  const before = await place()
  await page.locator('.strip button').first().click()
  await action(page).click()
  await waitForStatus(page, 'Done in')
  assert.equal(await place(), before)
})

test('the theme that was chosen is there from the first byte of the next page', async () => {
  await using tab = await browser.openPage({ colorScheme: 'light' })
  const { page } = tab
  await visit(page, `${server.url}photo/`)
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await paper()
  const toggle = page.getByRole('button', { name: /^Theme/ })
  await toggle.click()
  await page.getByRole('button', { name: 'Theme: light' }).click()
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
  assert.notEqual(await paper(), light)
  const answer = await page.goto(server.url)
  assert.match((await answer?.text()) ?? '', /<html lang="en" data-theme="dark">/)
  await page.getByRole('button', { name: 'Theme: dark' }).click()
  await page.getByRole('button', { name: 'Theme: automatic' }).waitFor()
  assert.equal(await paper(), light)
})

test('a gallery is searched and filtered while it is typed', async () => {
  await using tab = await browser.openPage()
  const { page } = tab
  await page.goto(server.url, { waitUntil: 'networkidle' })
  const titles = () => page.locator('.card h2').allTextContents()
  assert.equal((await titles()).length, 4)
  await page.getByRole('searchbox').fill('photo')
  assert.deepEqual(await titles(), ['What is in this photo?'])
  await page.getByRole('searchbox').fill('nothing like that')
  await page.getByText('Nothing here is called that.').waitFor()
  await page.getByRole('searchbox').fill('')
  await page.getByRole('button', { name: /^Classification/ }).click()
  assert.deepEqual(await titles(), ['What is in this photo?'])
  await page.getByRole('button', { name: /^Form/ }).click()
  await page.locator('.card').click()
  await page.getByRole('heading', { level: 1, name: /A form/ }).waitFor()
  await page.getByRole('link', { name: 'Demos' }).click()
  await page.getByRole('heading', { level: 1, name: 'Demos' }).waitFor()
})
