/** Keeps what models take within the limit that `configureRuntime` sets. */

import { settings } from './settings.ts'

/** A model that is loaded now and then. */
export interface Holder {
  /** Of the files that it has open; 0 while it is unloaded. */
  readonly bytes: number
  /** When it was last needed, in milliseconds; null while it is, or where it is pinned. */
  readonly idleSince: number | null
  unload(): Promise<void>
}

const holders = new Set<Holder>()

/** Where a model that was just loaded is one too many, others go: those that nobody called for the longest time first. */
export async function makeRoom(loaded: Holder): Promise<void> {
  holders.add(loaded)
  const limit = settings.memoryMB * 1e6
  while ([...holders].reduce((sum, { bytes }) => sum + bytes, 0) > limit) {
    const [oldest] = [...holders]
      .filter((holder) => holder !== loaded && holder.bytes > 0 && holder.idleSince !== null)
      .sort((a, b) => (a.idleSince ?? 0) - (b.idleSince ?? 0))
    if (!oldest) return
    await oldest.unload()
  }
}

/** For a model that will not be loaded again. */
export function forget(holder: Holder): void {
  holders.delete(holder)
}
