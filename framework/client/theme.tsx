/** Light, dark, or what the system says. A cookie keeps the choice, so that the server already draws the right one. */

import { useSignal } from '@preact/signals'
import { Icon, type IconName } from './icons.tsx'

export type Theme = 'light' | 'dark' | null

/** The server reads it to set `data-theme`; gone means automatic. */
export const THEME_COOKIE = 'spaces-theme'

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const
const ICONS: Record<keyof typeof NEXT, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' }
const WORDS = { auto: 'automatic', light: 'light', dark: 'dark' } as const

export function ThemeButton({ theme, root }: { theme: Theme; root: string }) {
  const chosen = useSignal<keyof typeof NEXT>(theme ?? 'auto')
  const turn = () => {
    chosen.value = NEXT[chosen.value]
    keep(chosen.value === 'auto' ? null : chosen.value, new URL(root, location.href).pathname)
  }
  const label = `Theme: ${WORDS[chosen.value]}`
  return (
    <button type="button" class="button quiet" aria-label={label} title={label} onClick={turn}>
      <Icon name={ICONS[chosen.value]} />
    </button>
  )
}

function keep(theme: Theme, path: string) {
  const { documentElement } = document
  if (theme) documentElement.dataset.theme = theme
  else delete documentElement.dataset.theme
  const age = theme ? 365 * 24 * 3600 : 0
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where the page is not served over HTTPS
  document.cookie = `${THEME_COOKIE}=${theme ?? ''}; path=${path}; max-age=${age}; samesite=lax`
}
