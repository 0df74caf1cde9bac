/** Files that are pasted or dropped anywhere on the page find their way to an input that takes files. */

import { isEmpty } from './form.ts'
import type { Store } from './store.ts'

/** Views mark the element that takes files with this; it answers to `drop`, and to `paste` while it has the focus. */
const TAKES_FILES = '[data-takes-files="true"]'

export function takeFilesAnywhere(store: Store): void {
  document.addEventListener('dragover', (event) => {
    if (holdsFiles(event) && target(store)) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (event.defaultPrevented || !holdsFiles(event)) return
    const [place, files] = [target(store), event.dataTransfer?.files]
    if (!place || !files) return
    event.preventDefault()
    const handed = new DataTransfer()
    for (const file of files) handed.items.add(file)
    place.dispatchEvent(new DragEvent('drop', { dataTransfer: handed, cancelable: true, bubbles: true }))
  })
  // Before the views hear of it: of several inputs the focused one takes a paste.
  document.addEventListener(
    'paste',
    ({ clipboardData, target: at }) => {
      if (!clipboardData?.files.length || (at instanceof Element && at.closest(TAKES_FILES))) return
      target(store)?.querySelector<HTMLElement>('button, input')?.focus()
    },
    { capture: true },
  )
}

/** The first input that is empty, or the first of all. */
function target(store: Store): HTMLElement | undefined {
  const places = [...document.querySelectorAll<HTMLElement>(TAKES_FILES)]
  return places.find((place) => isEmpty(valueAt(place, store))) ?? places[0]
}

function valueAt(place: HTMLElement, store: Store): unknown {
  const name = place.closest<HTMLElement>('[data-field]')?.dataset.field
  return name === undefined ? null : store.input(name).value.value
}

const holdsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true
