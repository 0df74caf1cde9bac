/** Carries what the visitor has filled in over a reload of the whole document, and over leaving it and coming back. */

import type { Store } from './store.ts'

const KEY = 'spaces:values'

interface Kept {
  /** The page has reloaded itself: nothing was left. */
  readonly isReload: boolean
  readonly values: Readonly<Record<string, { kind: string; value: unknown }>>
}

let isReload = false

/** Gives the values back where the visitor left them, and keeps them when this document goes. */
export function carryValues(store: Store): void {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const key = KEY + location.pathname
  const text = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  const kept: Kept | null = text === null ? null : JSON.parse(text)
  if (kept && (kept.isReload || navigation?.type === 'back_forward')) restore(store, kept)
  addEventListener('pagehide', () => sessionStorage.setItem(key, JSON.stringify(keptOf(store))))
}

/** Draws the page anew, with the values that it has now. */
export function reloadWithValues(): void {
  isReload = true
  location.reload()
}

function restore(store: Store, { values }: Kept): void {
  for (const { name, kind } of store.manifest.value.inputs) {
    const before = values[name]
    if (before?.kind === kind) store.set(name, before.value)
  }
}

function keptOf(store: Store): Kept {
  const values: Record<string, { kind: string; value: unknown }> = {}
  for (const { name, kind, options } of store.manifest.value.inputs) {
    // A password is not written anywhere.
    if (options.type !== 'password') values[name] = { kind, value: store.input(name).value.value }
  }
  return { isReload, values }
}
