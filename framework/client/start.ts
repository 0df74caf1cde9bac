/** What the button, the keyboard and a field's own “submit” do: check, run, and bring the eye to where it matters. */

import type { Store } from './store.ts'

/** `id` of an input's control. */
export const inputId = (name: string) => `in-${name}`

export function startFromPage(store: Store): void {
  const wrong = store.start()
  if (wrong === null) showOutputs()
  else focusField(wrong)
}

const FOCUSABLE = 'button:not(:disabled), input:not(:disabled), select, textarea, [tabindex="0"]'

/** The control of a field, or the first one inside it. */
function focusField(name: string) {
  const own = document.getElementById(inputId(name))
  const control = own?.matches(FOCUSABLE)
    ? own
    : document.querySelector<HTMLElement>(`[data-field="${name}"] :is(${FOCUSABLE})`)
  control?.focus()
  control?.scrollIntoView({ block: 'center', behavior: motion() })
}

/** On a narrow page the results stand below the inputs, out of sight. */
export function showOutputs() {
  const panel = document.getElementById('outputs')
  if (!panel) return
  const { top } = panel.getBoundingClientRect()
  if (top > innerHeight * 0.6 || top < 0) panel.scrollIntoView({ block: 'start', behavior: motion() })
}

const motion = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth')
