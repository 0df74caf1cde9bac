/** Opening the page of a space in a browser, and reading from it where a run stands. */

import type { Page } from 'playwright-core'

/** Opens a page and waits until it has woken up and is connected. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await connected(page)
}

export const connected = (page: Page) => page.locator('html[data-connection="open"]').waitFor({ state: 'attached' })

/** Waits for the words beside the outputs' heading. */
export async function waitForStatus(page: Page, words: string): Promise<void> {
  await page.locator('#outputs .status', { hasText: words }).waitFor()
}

export const action = (page: Page) => page.locator('.actions .primary')
