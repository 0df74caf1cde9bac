/** The files that this page has sent, kept to send them again when the server has lost them. */

import type { FileRef } from '#core/schema.ts'
import { isFileRef } from './files.ts'

/** Blobs are handles, not bytes; still, a page that is open for days should not gather them without end. */
const MOST = 64

export interface HeldFiles {
  keep(ref: FileRef, again: () => Promise<FileRef>): void
  /** The value with new references in the place of those that this page can send again; the same value where there are none. */
  renew(value: unknown): Promise<unknown>
}

export function createHeldFiles(): HeldFiles {
  const held = new Map<string, () => Promise<FileRef>>()
  const renew = async (value: unknown): Promise<unknown> => {
    if (isFileRef(value)) return (await held.get(value.id)?.()) ?? value
    if (Array.isArray(value)) return Promise.all(value.map(renew))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(async ([name, inner]) => [name, await renew(inner)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  return {
    keep(ref, again) {
      held.set(ref.id, again)
      const [oldest] = held.keys()
      if (held.size > MOST && oldest !== undefined) held.delete(oldest)
    },
    renew,
  }
}
