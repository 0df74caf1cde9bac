import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * A modal dialog, open as long as it is rendered. Esc and a click beside it ask to close; the browser keeps the focus
 * inside and gives it back afterwards.
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

  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])

  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`.trim()}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={({ key }) => onKey?.(key)}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      {children}
    </dialog>
  )
}
