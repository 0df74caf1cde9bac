// The whole path: the bundled model behind a real page, from a photo on the disk to its name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import classification from '../../spaces/image-classification/space.ts'
import { openBrowser, shotPath } from '../helpers/browser.ts'
import { openClient } from '../helpers/component-page.ts'
import { visit, waitForStatus } from '../helpers/live-page.ts'
import { loadedFrom, serve } from '../helpers/serving.ts'

test('a photo of a cup of coffee is dropped on the page and called “espresso”', async () => {
  const dir = fileURLToPath(new URL('../../spaces/image-classification/', import.meta.url))
  await using client = await openClient()
  await using server = await serve([loadedFrom(classification, { dir })], { clientDir: client.dir })
  await using browser = await openBrowser()
  await using tab = await browser.openPage({ deviceScaleFactor: 2 })
  const { page } = tab
  await visit(page, server.url)
  await page.locator('input[type=file]').setInputFiles(`${dir}examples/coffee.jpg`)
  await waitForStatus(page, 'Done in')
  assert.equal(await page.locator('.label-best b').textContent(), 'espresso')
  assert.deepEqual(tab.errors, [])
  const shot = shotPath('classify')
  if (shot) await page.screenshot({ path: shot })
})
