// What a visitor's browser loads and how long a visitor waits, the same way for every page that is measured.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../helpers/browser.ts'

export { openBrowser }

export interface Load {
  readonly page: Page
  readonly context: BrowserContext
  readonly usableMs: number
  readonly bytes: number
  readonly files: number
}

/**
 * Opens a page in a fresh profile.
 * @param usable - resolves when a visitor could use it
 * @returns bytes of scripts and styles as they came over the wire, their number, and milliseconds until usable
 */
export async function measureLoad(
  browser: Browser,
  url: string,
  usable: (page: Page) => Promise<unknown>,
): Promise<Load> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  const kinds = new Map<string, string>()
  const sizes = new Map<string, number>()
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
