/** The bar on top: where this page is, and what can be done with it. */

import type { ComponentChildren } from 'preact'
import { type Theme, ThemeButton } from './theme.tsx'

export interface BarProps {
  /** Title of the gallery that this page is in; null for a space that is served alone. */
  readonly breadcrumb: string | null
  readonly title: string
  /** Relative way to the server's root. */
  readonly root: string
  readonly theme: Theme
  readonly children?: ComponentChildren
}

export function Bar({ breadcrumb, title, root, theme, children }: BarProps) {
  return (
    <header class="bar">
      {breadcrumb === null ? (
        <span class="crumb">
          <span class="mark" />
        </span>
      ) : (
        <nav class="crumb" aria-label="Breadcrumb">
          <a href={root}>
            <span class="mark" />
            <span>{breadcrumb}</span>
          </a>
          <span aria-hidden="true">/</span>
          <b aria-current="page">{title}</b>
        </nav>
      )}
      <div class="end">
        {children}
        <ThemeButton theme={theme} root={root} />
      </div>
    </header>
  )
}

export function Footer({ children }: { children?: ComponentChildren }) {
  return (
    <footer>
      <span>Built with spaces</span>
      {children}
    </footer>
  )
}
