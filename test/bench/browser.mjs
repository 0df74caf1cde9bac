// What a visitor's browser loads and how long a visitor waits, the same way for every page that is measured.

import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'

export async function openBrowser() {
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  })
  return { browser, [Symbol.asyncDispose]: () => browser.close() }
}

/**
 * Opens a page in a fresh profile.
 * @param usable - resolves when a visitor could use it
 * @returns bytes of scripts and styles as they came over the wire, their number, and milliseconds until usable
 */
export async function measureLoad(browser, url, usable) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  const kinds = new Map()
  const sizes = new Map()
  devtools.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength))
  const startedAt = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await usable(page)
  const usableMs = performance.now() - startedAt
  await page.waitForLoadState('networkidle')
  const counted = [...sizes].filter(([id]) => kinds.get(id) === 'Script' || kinds.get(id) === 'Stylesheet')
  const bytes = counted.reduce((sum, [, size]) => sum + size, 0)
  return { page, context, usableMs, bytes, files: counted.length }
}
