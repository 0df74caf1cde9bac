/** The one primary button of the page, and “Clear”. On a phone they are docked within the thumb's reach. */

import { useSignal, useSignalEffect } from '@preact/signals'
import { Icon } from './icons.tsx'
import { isBusy } from './run-state.ts'
import { showOutputs, startFromPage } from './start.ts'
import type { Store } from './store.ts'

export function Actions({ store }: { store: Store }) {
  const { action, live } = store.manifest.value.task
  const busy = isBusy(store.run.value)
  const below = useResultBelow()
  // On a phone the result of a live space comes where nobody is looking.
  const leads = live && store.run.value.at === 'done' && below
  const press = (event: MouseEvent) => {
    if (leads) showOutputs()
    else if (!busy) startFromPage(store)
    // The second click of a double click means what the first one meant.
    else if (event.detail < 2) store.cancel()
  }
  return (
    <div class="actions dock">
      <button type="button" class="button primary" onClick={press}>
        {leads ? 'See the result' : busy ? 'Cancel' : action}
        {leads ? <Icon name="down" /> : !busy && <Shortcut />}
      </button>
      <button type="button" class="button" onClick={store.clear}>
        Clear
      </button>
    </div>
  )
}

/** Whether the outputs are further down than can be seen above the dock. */
function useResultBelow(): boolean {
  const below = useSignal(false)
  useSignalEffect(() => {
    const panel = document.getElementById('outputs')
    if (!panel) return
    const watching = new IntersectionObserver(
      ([entry]) => {
        below.value = entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top > 0
      },
      { rootMargin: '0px 0px -160px' },
    )
    watching.observe(panel)
    return () => watching.disconnect()
  })
  return below.value
}

function Shortcut() {
  const keys = useSignal('Ctrl ↵')
  // Only the browser knows the keyboard; the server's guess is corrected after the page has woken up.
  useSignalEffect(() => {
    if (/Mac|iP(hone|ad)/.test(navigator.platform)) keys.value = '⌘ ↵'
  })
  return (
    <span class="keys" aria-hidden="true">
      {keys}
    </span>
  )
}
