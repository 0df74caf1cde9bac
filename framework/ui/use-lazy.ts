import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'

/** A component that is fetched when it is first opened. `shown` is null until then, and after `close`. */
export function useLazy<Props>(load: () => Promise<{ default: ComponentType<Props> }>): {
  Shown: ComponentType<Props> | null
  open(): void
  close(): void
} {
  const [Shown, show] = useState<ComponentType<Props> | null>(null)
  return {
    Shown,
    // A component is a function, and so is an update of state: hence the function around it.
    open: () => void load().then((module) => show(() => module.default)),
    close: () => show(null),
  }
}
