import type { ComponentChildren } from 'preact'

/** A group of icon buttons that lies over a picture. */
export function MediaToolbar({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row in every browser
    <div class="tools" role="group" aria-label={label}>
      {children}
    </div>
  )
}
