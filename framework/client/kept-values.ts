/** Carries what the visitor has filled in over a reload of the whole document. */

import type { Store } from './store.ts'

const KEY = 'spaces:values'

type Kept = Record<string, { kind: string; value: unknown }>

export function keepValues(store: Store): void {
  const kept: Kept = {}
  for (const { name, kind } of store.manifest.value.inputs) kept[name] = { kind, value: store.input(name).value.value }
  sessionStorage.setItem(KEY + location.pathname, JSON.stringify(kept))
}

export function restoreValues(store: Store): void {
  const text = sessionStorage.getItem(KEY + location.pathname)
  if (text === null) return
  sessionStorage.removeItem(KEY + location.pathname)
  const kept = JSON.parse(text) as Kept
  for (const { name, kind } of store.manifest.value.inputs) {
    const before = kept[name]
    if (before?.kind === kind) store.set(name, before.value)
  }
}
