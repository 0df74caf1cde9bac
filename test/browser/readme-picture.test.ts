// The picture in the README is this page. `UPDATE_SCREENSHOTS=1 npm test -- readme-picture` makes it anew.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openImage } from 'spaces/vision'
import classification from '../../spaces/image-classification/space.ts'
import { openBrowser } from '../helpers/browser.ts'
import { openClient } from '../helpers/component-page.ts'
import { visit, waitForStatus } from '../helpers/live-page.ts'
import { loadedFrom, serve } from '../helpers/serving.ts'

const picture = fileURLToPath(new URL('./screenshots/image-classification.png', import.meta.url))

/** Mean difference of a channel, 0..255, of two pictures seen from afar: other fonts and smoothing make about 2. */
async function distance(one: Uint8Array | string, other: Uint8Array | string): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map(async (source) => (await (await openImage(source)).resize({ width: 64, height: 40 }).rgb()).data),
  )
  assert.ok(a && b && a.length === b.length)
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] as number)), 0) / a.length
}

test('the picture in the README shows the page as it is', async () => {
  const dir = fileURLToPath(new URL('../../spaces/image-classification/', import.meta.url))
  await using client = await openClient()
  await using server = await serve([loadedFrom(classification, { dir })], { clientDir: client.dir })
  await using browser = await openBrowser()
  await using tab = await browser.openPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  const { page } = tab
  await visit(page, server.url)
  await page.locator('input[type=file]').setInputFiles(`${dir}examples/coffee.jpg`)
  await waitForStatus(page, 'Done in')
  // The first run also loaded the model; what a visitor waits for is the second.
  await page.getByRole('button', { name: 'Classify' }).click()
  await waitForStatus(page, 'Done in')
  await page.mouse.move(0, 0)
  const shot = await page.screenshot({ animations: 'disabled' })
  if (process.env.UPDATE_SCREENSHOTS) await writeFile(picture, shot)
  const away = await distance(shot, picture)
  assert.ok(
    away < 6,
    `the page has moved ${away.toFixed(1)} away from the picture; UPDATE_SCREENSHOTS=1 makes a new one`,
  )
})
