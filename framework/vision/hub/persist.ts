import { pause } from './pause.ts'
import { waitBefore } from './refusal.ts'
import { isPassing } from './why-not.ts'

const ATTEMPTS = 3

/** Does something up to three times while a server is busy or hangs up. Rejects with what the last attempt ended with. */
export async function persist<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const waitMs = isPassing(error) ? waitBefore(error, attempt) : null
      if (waitMs === null || attempt === ATTEMPTS) throw error
      await pause(waitMs, signal)
    }
  }
}
