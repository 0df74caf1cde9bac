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

/**
 * Gives a photo to the page's first file input and waits for a text to stand on the page. The clock is the page's own:
 * from the input's `change` event to the frame that shows the text.
 * @param preview - shows that the photo has arrived; only then is the button of the name `submit` pressed. Without it the
 * page is expected to run by itself.
 * @returns milliseconds
 */
export async function fileToText(
  page: Page,
  photo: string,
  text: string,
  press?: { readonly preview: string; readonly submit: string },
): Promise<number> {
  const waited = page.evaluate<number>(`(${IN_PAGE})(${JSON.stringify({ text, press: press ?? null })})`)
  await page.locator('input[type=file]').first().setInputFiles(photo)
  return waited
}

/** As text: what the test runner's compiler adds to functions is not there in the page. */
const IN_PAGE = `({ text, press }) => new Promise((resolve) => {
  let startedAt = 0
  let pressed = press === null
  const look = () => {
    if (!pressed && document.querySelector(press.preview)) {
      const buttons = [...document.querySelectorAll('button')]
      buttons.find((button) => button.textContent.trim() === press.submit).click()
      pressed = true
    }
    if (pressed && document.body.textContent.includes(text)) resolve(performance.now() - startedAt)
    else requestAnimationFrame(look)
  }
  const start = () => {
    startedAt = performance.now()
    requestAnimationFrame(look)
  }
  document.addEventListener('change', start, { capture: true, once: true })
})`
