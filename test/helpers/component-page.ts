/** A page of a space under test, with a client that was bundled from the sources for this test alone. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleClient } from '#build/bundle-client.ts'
import type { AnySpace } from '#core/space.ts'
import { createApp } from '#server/app.ts'
import { listen } from '#server/listen.ts'
import type { OpenBrowser } from './browser.ts'

export interface ClientBundle extends AsyncDisposable {
  readonly dir: string
}

/** Bundles the client once for a test file. */
export async function openClient(): Promise<ClientBundle> {
  const dir = await mkdtemp(join(tmpdir(), 'spaces-client-'))
  await bundleClient({ outdir: dir })
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}

/** Serves one space alone at `/`. @param dir - folder that its paths are relative to. */
export async function serveSpace(space: AnySpace, client: ClientBundle, dir: string) {
  const loaded = { slug: '', file: join(dir, 'space.ts'), dir, space, problem: null, setupKey: '1', revision: '1' }
  return listen(createApp({ spaces: [loaded], gallery: null, clientDir: client.dir }), { port: 0 })
}

/** Opens a page and waits until it has woken up and is tied to the server. */
export async function openAwake(browser: OpenBrowser, url: string, options?: Parameters<OpenBrowser['openPage']>[0]) {
  const opened = await browser.openPage(options)
  await opened.page.goto(url)
  await opened.page.locator('html[data-connection]').waitFor({ state: 'attached' })
  return opened
}
