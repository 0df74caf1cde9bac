import { useEffect, useRef, useState } from 'preact/hooks'
import { filesOf, takesText } from './transfer.ts'

interface Options {
  enabled: boolean
  /** Takes pictures that are pasted while no other field has the focus. */
  paste: boolean
  onFiles(files: File[]): void
}

/**
 * Makes an element take files that are dropped on it, or pasted on the page. Spread `handlers` on it; `over` is true
 * while a file hangs over it. Of several such elements the focused one takes a paste, else the first on the page.
 */
export function useDrop({ enabled, paste, onFiles }: Options) {
  const [depth, setDepth] = useState(0)
  const element = useRef<HTMLDivElement>(null)
  const latest = useRef(onFiles)
  latest.current = onFiles

  useEffect(() => {
    if (!(enabled && paste)) return
    const take = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData)
      if (event.defaultPrevented || files.length === 0 || takesText(event.target)) return
      const focused = document.activeElement?.closest('[data-takes-files]')
      if (focused && focused !== element.current) return
      event.preventDefault()
      latest.current(files)
    }
    document.addEventListener('paste', take)
    return () => document.removeEventListener('paste', take)
  }, [enabled, paste])

  const holdsFiles = (event: DragEvent) => enabled && event.dataTransfer?.types.includes('Files') === true
  const handlers = {
    ref: element,
    'data-takes-files': enabled,
    // Enter and leave also come from the children, in pairs: the count is zero when the pointer has left them all.
    onDragEnter: (event: DragEvent) => holdsFiles(event) && setDepth((count) => count + 1),
    onDragLeave: (event: DragEvent) => holdsFiles(event) && setDepth((count) => Math.max(0, count - 1)),
    onDragOver(event: DragEvent) {
      if (holdsFiles(event)) event.preventDefault()
    },
    onDrop(event: DragEvent) {
      if (!holdsFiles(event)) return
      event.preventDefault()
      setDepth(0)
      latest.current(filesOf(event.dataTransfer))
    },
  }
  return { over: depth > 0, handlers }
}
