/** The one primary button of the page, and “Clear”. On a phone they are docked within the thumb's reach. */

import { useSignal, useSignalEffect } from '@preact/signals'
import { isBusy } from './run-state.ts'
import { startFromPage } from './start.ts'
import type { Store } from './store.ts'

export function Actions({ store }: { store: Store }) {
  const { action } = store.manifest.value.task
  const busy = isBusy(store.run.value)
  const press = (event: MouseEvent) => {
    if (!busy) startFromPage(store)
    // The second click of a double click means what the first one meant.
    else if (event.detail < 2) store.cancel()
  }
  return (
    <div class="actions dock">
      <button type="button" class="button primary" onClick={press}>
        {busy ? 'Cancel' : action}
        {!busy && <Shortcut />}
      </button>
      <button type="button" class="button" onClick={store.clear}>
        Clear
      </button>
    </div>
  )
}

function Shortcut() {
  const keys = useSignal('Ctrl ↵')
  // Only the browser knows the keyboard; the server's guess is corrected after the page has woken up.
  useSignalEffect(() => {
    if (/Mac|iP(hone|ad)/.test(navigator.platform)) keys.value = '⌘ ↵'
  })
  return <kbd aria-hidden="true">{keys}</kbd>
}
