// The controls of a form, worked with the keyboard alone; and every component before the accessibility checker.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { space } from '#core/space.ts'
import type { Server } from '#server/listen.ts'
import {
  Checkbox,
  Dropdown,
  Gallery,
  Image,
  JSON,
  Label,
  Markdown,
  Number,
  Radio,
  Slider,
  Text,
} from '../../components/index.ts'
import { violationsOf } from '../helpers/axe.ts'
import { type OpenBrowser, openBrowser, PHONE } from '../helpers/browser.ts'
import { type ClientBundle, openAwake, openClient, serveSpace } from '../helpers/component-page.ts'

const fixtures = fileURLToPath(new URL('../fixtures/decode/', import.meta.url))

const everything = space({
  title: 'Everything',
  inputs: {
    name: Text({ placeholder: 'Your name' }),
    seed: Number({ min: 1, max: 20, step: 1, unit: 'x' }),
    blur: Slider({ min: 0, max: 10, step: 0.5, unit: 'px' }),
    scheduler: Dropdown({ choices: ['Euler', { value: 'ddim', label: 'DDIM' }] }),
    sizes: Dropdown({ choices: [128, 256, 384, 512, 640, 768, 896, 960, 1024], multiple: true }),
    shape: Radio({ choices: ['square', { value: 'tall', label: 'Portrait' }] }),
    keep: Checkbox(),
    extra: JSON({ initial: { a: 1 } }),
  },
  outputs: {
    given: JSON({ open: 5 }),
    picture: Image(),
    pictures: Gallery(),
    label: Label(),
    text: Text(),
    number: Number({ unit: 'ms' }),
    slider: Slider({ min: 0, max: 1 }),
    choice: Dropdown({ choices: ['a', 'b'] }),
    radio: Radio({ choices: ['a', 'b'] }),
    checkbox: Checkbox(),
    notes: Markdown(),
  },
  run: (given) => ({
    given,
    picture: 'rgb.png',
    pictures: ['rgb.png', { image: 'rgb.jpg', caption: 'A caption' }],
    label: { cat: 0.8, dog: 0.2 },
    text: 'An answer',
    number: 38.2,
    slider: 0.4,
    choice: 'b' as const,
    radio: 'a' as const,
    checkbox: true,
    notes: '## Notes\n\nWith [a link](https://example.org).',
  }),
})

let client: ClientBundle
let server: Server
let browser: OpenBrowser
before(async () => {
  ;[client, browser] = await Promise.all([openClient(), openBrowser()])
  server = await serveSpace(everything, client, fixtures)
})
after(async () => {
  await Promise.all([server?.[Symbol.asyncDispose](), browser?.[Symbol.asyncDispose]()])
  await client?.[Symbol.asyncDispose]()
})

async function openForm(options?: Parameters<OpenBrowser['openPage']>[0]) {
  const opened = await openAwake(browser, server.url, options)
  const press = async (...keys: string[]) => {
    for (const key of keys) await opened.page.keyboard.press(key)
  }
  return { ...opened, press }
}

/** What has the focus, by its `id`, or by its label. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('aria-label'))

test('a form is filled in and sent with the keyboard alone', async () => {
  await using opened = await openForm()
  const { page, press, errors } = opened
  await page.locator('#in-name').focus()
  await page.keyboard.type('Ada')

  await press('Tab')
  assert.equal(await focused(page), 'in-seed')
  await press('ArrowUp', 'ArrowUp', 'PageUp')
  assert.equal(await page.locator('#in-seed').inputValue(), '12')

  await press('Tab')
  assert.equal(await focused(page), 'in-blur')
  await press('ArrowRight', 'ArrowRight', 'ArrowRight')
  await press('Tab')
  assert.equal(await focused(page), 'Blur, as a number')
  assert.equal(await page.getByLabel('Blur, as a number').inputValue(), '1.5')
  await page.keyboard.type('8,3')
  await press('Enter')
  assert.equal(await page.locator('#in-blur').inputValue(), '8.5')

  await press('Tab')
  assert.equal(await focused(page), 'in-scheduler')
  await press('ArrowDown')

  await press('Tab')
  assert.equal(await focused(page), 'in-sizes')
  await press('Enter', 'Tab')
  await page.keyboard.type('6')
  await press('Tab', 'Space', 'Tab', 'Space', 'Escape')
  assert.equal(await focused(page), 'in-sizes')
  assert.equal(await page.locator('#in-sizes').textContent(), '256, 640')

  await press('Tab')
  assert.equal(await focused(page), 'in-shape')
  await press('ArrowRight')
  await press('Tab')
  assert.equal(await focused(page), 'in-keep')
  await press('Space')
  await press('Tab')
  await press('Control+a')
  await page.keyboard.type('{ "b": [true] }')

  await page.locator('#in-name').focus()
  await press('Enter')
  const given = page.locator('[data-field=given]')
  await given.getByText('"Ada"').waitFor()
  const text = ((await given.textContent()) ?? '').replace(/\s+/g, ' ')
  for (const part of [
    'seed: 12',
    'blur: 8.5',
    'scheduler: "ddim"',
    '0: 256',
    '1: 640',
    'shape: "tall"',
    'keep: true',
    '0: true',
  ])
    assert.ok(text.includes(part), `${part} in ${text}`)
  assert.deepEqual(errors, [])
})

test('what is no number is named in the field when it is left, and forgiven when it is mended', async () => {
  await using opened = await openForm()
  const { page, press } = opened
  const box = page.locator('#in-seed')
  await box.fill('seven')
  await press('Tab')
  await page.getByText('Expected a whole number from 1 to 20, got “seven”.').waitFor()
  assert.equal(await box.getAttribute('aria-invalid'), 'true')
  assert.equal(await box.inputValue(), 'seven')
  await box.fill('7')
  assert.equal(await page.locator('[data-field=seed] .problem').count(), 0)
})

test('JSON that is none is named with the reason of the parser, and stays to be mended', async () => {
  await using opened = await openForm()
  const { page } = opened
  const box = page.locator('#in-extra')
  await box.fill('{ a: 1 }')
  await box.blur()
  await page
    .locator('[data-field=extra]')
    .getByText(/^Expected JSON: /)
    .waitFor()
  assert.equal(await box.inputValue(), '{ a: 1 }')
})

test('a slider that is given a number beyond its end stands at the end', async () => {
  await using opened = await openForm()
  const { page, press } = opened
  const box = page.getByLabel('Blur, as a number')
  await box.fill('200')
  await press('Tab')
  assert.equal(await box.inputValue(), '10')
  assert.equal(await page.locator('#in-blur').inputValue(), '10')
})

for (const [where, options] of [
  ['a desk, in the light', { colorScheme: 'light' }],
  ['a desk, in the dark', { colorScheme: 'dark' }],
  ['a phone', { ...PHONE, colorScheme: 'light' }],
] as const) {
  test(`the accessibility checker finds nothing in any component, empty and filled, on ${where}`, async () => {
    await using opened = await openForm({ ...options, reducedMotion: 'reduce' })
    const { page, errors } = opened
    assert.deepEqual(await violationsOf(page), [])
    await page.locator('#in-name').fill('Ada')
    await page.locator('#in-seed').fill('3')
    await page.locator('#in-sizes').click()
    await page.getByLabel('256').check()
    await page.getByRole('button', { name: /^Run/ }).click()
    await page.locator('[data-field=notes]').getByText('With').waitFor()
    await page.evaluate(() => scrollTo(0, 0))
    assert.deepEqual(await violationsOf(page), [])
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
    assert.deepEqual(errors, [])
  })
}
