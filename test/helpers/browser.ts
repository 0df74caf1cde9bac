/** A headless Chromium out of npm, with a camera and a microphone that always play the same. */

import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as driver, type Page } from 'playwright-core'

export interface OpenBrowser extends AsyncDisposable {
  readonly browser: Browser
  /** A page in a profile of its own, which is thrown away with it. */
  openPage(options?: Parameters<Browser['newContext']>[0]): Promise<OpenPage>
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** Everything that the page wrote to its console as an error, and every exception that nobody caught. */
  readonly errors: readonly string[]
  /** Addresses of all requests, in order. */
  readonly requests: readonly string[]
}

/** WebGL in software, and the fake devices. The package's own list is for cloud functions: one process, no web security. */
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--font-render-hinting=none',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
]

/** Starts a browser; once for each test file is enough. */
export async function openBrowser(): Promise<OpenBrowser> {
  // The binary is unpacked into the temporary folder, which has to be there.
  mkdirSync(tmpdir(), { recursive: true })
  const browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args: FLAGS,
    headless: true,
  })
  return {
    browser,
    openPage: (options) => openPage(browser, options),
    async [Symbol.asyncDispose]() {
      await browser.close()
    },
  }
}

async function openPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  const requests: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  return {
    page,
    context,
    errors,
    requests,
    async [Symbol.asyncDispose]() {
      await context.close()
    },
  }
}

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }

/** Where tests leave pictures for people to look at, or null: only with `SPACES_SHOTS` set to a folder. */
export const shotPath = (name: string): string | null =>
  process.env.SPACES_SHOTS ? join(process.env.SPACES_SHOTS, `${name}.png`) : null
