// Galleries and labels in a real browser: many pictures in, many out, the full screen by keyboard and finger.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { space } from '#core/space.ts'
import type { Server } from '#server/listen.ts'
import { Gallery, Label } from '../../components/index.ts'
import { violationsOf } from '../helpers/axe.ts'
import { type OpenBrowser, openBrowser, PHONE } from '../helpers/browser.ts'
import { type ClientBundle, openAwake, openClient, serveSpace } from '../helpers/component-page.ts'

const fixtures = fileURLToPath(new URL('../fixtures/decode/', import.meta.url))
const fixture = (name: string) => join(fixtures, name)

const sorting = space({
  title: 'Sorting',
  inputs: { photos: Gallery({ maxItems: 3 }) },
  outputs: { same: Gallery(), best: Label() },
  run: ({ photos }) => ({
    same: photos.map(({ image }, index) => ({ image, caption: index === 0 ? 'The first' : null })),
    best: { rocket: 0.2, espresso: 0.75, cat: 0.05 },
  }),
})

let client: ClientBundle
let server: Server
let browser: OpenBrowser
before(async () => {
  ;[client, browser] = await Promise.all([openClient(), openBrowser()])
  server = await serveSpace(sorting, client, fixtures)
})
after(async () => {
  await Promise.all([server?.[Symbol.asyncDispose](), browser?.[Symbol.asyncDispose]()])
  await client?.[Symbol.asyncDispose]()
})

async function openField(options?: Parameters<OpenBrowser['openPage']>[0]) {
  const opened = await openAwake(browser, server.url, options)
  const field = opened.page.locator('[data-field=photos]')
  const add = (...names: string[]) => field.locator('input[type=file]').setInputFiles(names.map(fixture))
  const names = async () => {
    const labels = await field
      .getByRole('button', { name: /^Open / })
      .evaluateAll((buttons) => buttons.map((button) => button.ariaLabel))
    return labels.map((label) => label?.replace('Open ', ''))
  }
  return { ...opened, field, add, names }
}

test('several pictures are added in their order, one is taken away, and no more than the limit are taken', async () => {
  await using opened = await openField()
  const { field, add, names, errors } = opened
  await add('rgb.jpg', 'rgb.png')
  await field.getByRole('button', { name: 'Open rgb.png' }).waitFor()
  assert.deepEqual(await names(), ['rgb.jpg', 'rgb.png'])
  await add('grey.png', 'la.png')
  await field.getByText('Expected at most 3 pictures.').waitFor()
  await field.getByRole('button', { name: 'Open grey.png' }).waitFor()
  assert.equal(await field.getByText('Expected at most 3 pictures.').count(), 1, 'still told when all have arrived')
  assert.equal(await field.getByRole('button', { name: 'Add pictures' }).count(), 0)
  await field.getByRole('button', { name: 'Remove rgb.jpg' }).click()
  await field.getByRole('button', { name: 'Add pictures' }).waitFor()
  assert.deepEqual(await names(), ['rgb.png', 'grey.png'])
  assert.deepEqual(errors, [])
})

test('of several files the pictures are taken, and the other one is named', async () => {
  await using opened = await openField()
  const { field, add, names } = opened
  await add('rgb.jpg', 'expected.json')
  await field.getByText('Expected a picture, got application/json (expected.json).').waitFor()
  await field.getByRole('button', { name: 'Open rgb.jpg' }).waitFor()
  assert.deepEqual(await names(), ['rgb.jpg'])
  await field.getByText('(expected.json)').waitFor()
  await opened.page.keyboard.press('Control+Enter')
  await opened.page.locator('[data-field=same]').getByRole('button', { name: 'Open The first' }).waitFor()
})

test('a gallery is looked through with the keyboard alone', async () => {
  await using opened = await openField({ reducedMotion: 'reduce' })
  const { page, field, add, errors } = opened
  await add('rgb.jpg', 'rgb.png', 'grey.png')
  await field.getByRole('button', { name: 'Open grey.png' }).waitFor()
  await page.keyboard.press('Control+Enter')
  const first = page.locator('[data-field=same]').getByRole('button', { name: 'Open The first' })
  await first.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  const shows = (text: string) => dialog.getByText(text, { exact: true }).waitFor()
  await shows('rgb.jpg · 1 of 3')
  await shows('The first')
  assert.deepEqual(await violationsOf(page), [])
  await page.keyboard.press('ArrowRight')
  await shows('rgb.png · 2 of 3')
  await page.keyboard.press('End')
  await shows('grey.png · 3 of 3')
  await page.keyboard.press('ArrowRight')
  await shows('rgb.jpg · 1 of 3')
  await page.keyboard.press('ArrowLeft')
  await shows('grey.png · 3 of 3')
  assert.equal(await dialog.getByRole('link', { name: 'Download' }).getAttribute('download'), 'grey.png')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.ok(await first.evaluate((button) => button === document.activeElement), 'the focus comes back')
  assert.deepEqual(errors, [])
})

test('a finger turns the pages', async () => {
  await using opened = await openField(PHONE)
  const { page, field, add } = opened
  await add('rgb.jpg', 'rgb.png')
  await field.getByRole('button', { name: 'Open rgb.png' }).waitFor()
  await field.getByRole('button', { name: 'Open rgb.jpg' }).tap()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('1 of 2').waitFor()
  const image = dialog.getByRole('img')
  await image.dispatchEvent('pointerdown', { clientX: 300, isPrimary: true })
  await image.dispatchEvent('pointerup', { clientX: 120 })
  await dialog.getByText('2 of 2').waitFor()
})

test('tools are large enough for a thumb, and nothing is wider than the phone', async () => {
  await using opened = await openField(PHONE)
  const { page, field, add } = opened
  await add('rgb.jpg', 'rgb.png')
  const remove = field.getByRole('button', { name: 'Remove rgb.png' })
  await remove.waitFor()
  const box = await remove.boundingBox()
  assert.ok(box && box.width >= 44 && box.height >= 44, JSON.stringify(box))
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390)
})

test('the answer stands first, the other labels follow with their shares, the surest on top', async () => {
  await using opened = await openField()
  const { page, field, add } = opened
  await add('rgb.jpg')
  await field.getByRole('button', { name: 'Open rgb.jpg' }).waitFor()
  await page.getByRole('button', { name: /^Run/ }).click()
  const best = page.locator('[data-field=best]')
  await best.getByText('espresso', { exact: true }).first().waitFor()
  assert.deepEqual(
    await best
      .getByRole('listitem')
      .allInnerTexts()
      .then((rows) => rows.map((row) => row.replace(/\s+/g, ' ').trim())),
    ['espresso 75.0 %', 'rocket 20.0 %', 'cat 5.0 %'],
  )
  const row = best.getByRole('button', { name: 'rocket' })
  await row.focus()
  await page.keyboard.press('Space')
  assert.equal(await row.getAttribute('aria-pressed'), 'true')
})
