import { setTimeout as wait } from 'node:timers/promises'

/** Waits a while. Rejects with the signal's own reason when it is aborted, not with an `AbortError` around it. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}
