/** Wakes up the page that the server has drawn, and ties it to the server. */

import { hydrate } from 'preact'
import type { SpaceManifest } from '#core/manifest.ts'
import { createJobs, type PageMessage } from '#sdk/jobs.ts'
import { uploadFile } from './files.ts'
import { takeFilesAnywhere } from './intake.ts'
import { carryValues, reloadWithValues } from './kept-values.ts'
import { type PageData, SpacePage } from './page.tsx'
import { startFromPage } from './start.ts'
import { createStore } from './store.ts'
import { isLoaded, kindsOf, loadViews } from './views.ts'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData
await loadViews(kindsOf(data.manifest))

const store = createStore(data.manifest)
const app = document.getElementById('app')
if (app) hydrate(<SpacePage store={store} data={data} />, app)
carryValues(store)

let welcomed = false
const jobs = createJobs({
  base: new URL('.', location.href).href,
  createSocket: (url) => new WebSocket(url),
  onStateChange(state) {
    store.connection.value = state
    document.documentElement.dataset.connection = state
  },
  onMessage: hear,
})
store.attach(jobs, uploadFile)
// From here on the page answers to whatever is done to it; `connecting` becomes `open` when the socket is there.
document.documentElement.dataset.connection ??= store.connection.value
takeFilesAnywhere(store)

addEventListener('online', jobs.wake)
document.addEventListener('visibilitychange', () => document.hidden || jobs.wake())
addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return
  if (document.querySelector('dialog[open]')) return
  event.preventDefault()
  startFromPage(store)
})

function hear(message: PageMessage) {
  if (message.type === 'welcome') {
    const isForgotten = welcomed && !message.resumed
    welcomed = true
    if (isForgotten || message.revision !== store.manifest.value.revision) void refresh()
  } else if (message.type === 'reload') take(message.manifest, true)
  else if (message.type === 'broken') store.broken.value = message.error
}

/** The server has another version of the space than this page was drawn from, or was restarted and names files anew. */
async function refresh() {
  const answer = await fetch('manifest')
  if (answer.ok) take((await answer.json()) as SpaceManifest, false)
}

function take(manifest: SpaceManifest, edited: boolean) {
  if (kindsOf(manifest).every(isLoaded)) {
    document.title = manifest.title
    store.reload(manifest, edited)
  } else {
    // Only the server knows the style sheets of kinds that were not on this page.
    reloadWithValues()
  }
}
