import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * A modal dialog, open as long as it is rendered. Esc and a click beside it ask to close. The focus stays inside, and
 * goes back afterwards to where it was.
 */
export function Dialog(props: {
  label: string
  class?: string
  onClose(): void
  /** A key that was pressed anywhere inside. */
  onKey?(key: string): void
  children: ComponentChildren
}) {
  const { label, class: name = '', onClose, onKey, children } = props
  const dialog = useRef<HTMLDialogElement>(null)

  useLayoutEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      // The browser would do it, were the dialog not taken out of the page in the same moment.
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])

  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`.trim()}
      aria-label={label}
      onClose={onClose}
      onKeyDown={({ key }) => onKey?.(key)}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      {children}
    </dialog>
  )
}
