/** Pictures out of a drop, a paste or the clipboard, and the sentences for what cannot be taken. */

import { formatBytes } from './format.ts'

/** What cannot be sent, said before it is sent. `null` where the file may go. */
export function refusalOf(file: File, maxBytes: number): string | null {
  if (file.type !== '' && !file.type.startsWith('image/'))
    return `Expected a picture, got ${file.type} (${file.name}). Choose a JPEG, PNG, WebP or AVIF file.`
  if (file.size > maxBytes)
    return `Expected at most ${formatBytes(maxBytes)}, got ${formatBytes(file.size)} (${file.name}). Choose a smaller file.`
  return file.size === 0 ? `Expected a picture, got an empty file (${file.name}). Choose another one.` : null
}

/** Files of a drop or a paste, in order. */
export function filesOf(transfer: DataTransfer | null): File[] {
  return [...(transfer?.files ?? [])]
}

/** True where a paste belongs to what the visitor is writing. */
export function takesText(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('textarea, [contenteditable], input:not([type=file])') !== null
}

/**
 * Reads the clipboard at the press of a button.
 * @returns the pictures, or a sentence that says why there are none.
 */
export async function readClipboard(): Promise<File[] | string> {
  if (!navigator.clipboard?.read) return 'This browser gives the clipboard only to the keyboard: press Ctrl+V, or ⌘V.'
  try {
    const items = await navigator.clipboard.read()
    const files = await Promise.all(
      items.map(async (item) => {
        const type = item.types.find((name) => name.startsWith('image/'))
        if (!type) return []
        return [new File([await item.getType(type)], `pasted.${type.slice(6).replace(/\W.*/, '')}`, { type })]
      }),
    )
    return files.flat().length ? files.flat() : 'There is no picture on the clipboard. Copy one and try again.'
  } catch {
    return 'The browser did not allow to read the clipboard: press Ctrl+V, or ⌘V.'
  }
}
