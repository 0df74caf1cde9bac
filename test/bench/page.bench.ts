// The page of the image classifier: what it loads, when it is usable, and how long from a dropped file to its label.

import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { fileToText, type Load, measureLoad, openBrowser } from './browser.ts'
import { type BenchResult, median, root, round, startSpaces } from './lib.ts'

const ROUNDS = 7
export const photo = join(root, 'spaces', 'image-classification', 'examples', 'coffee.jpg')
export const label = 'espresso'

export interface PageNumbers {
  /** Scripts and styles as they came over the wire. */
  readonly kb: number
  readonly files: number
  readonly usableMs: number
  readonly fileToLabelMs: number
}

/** The page is awake: it takes files. */
const usable = (page: Page) => page.waitForSelector('html[data-connection]')

export async function measureOurs(browser: Browser, url: string): Promise<PageNumbers> {
  const loads: Load[] = []
  const waits: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const load = await measureLoad(browser, url, usable)
    loads.push(load)
    waits.push(await fileToText(load.page, photo, label))
    await load.context.close()
  }
  return {
    kb: round((loads[0]?.bytes ?? 0) / 1000),
    files: loads[0]?.files ?? 0,
    usableMs: Math.round(median(loads.map(({ usableMs }) => usableMs))),
    // The first label also loads the model into a fresh worker; visitors after it do not wait for that.
    fileToLabelMs: Math.round(median(waits.slice(1))),
  }
}

export default async function page(): Promise<BenchResult> {
  await using server = await startSpaces('spaces/image-classification/space.ts')
  await using opened = await openBrowser()
  const ours = await measureOurs(opened.browser, server.url)
  return {
    title: 'The image classifier’s page in headless Chromium',
    rows: [
      {
        'JS + CSS, KB over the wire': ours.kb,
        files: ours.files,
        'usable after ms': ours.usableMs,
        'file to label ms': ours.fileToLabelMs,
      },
    ],
  }
}
