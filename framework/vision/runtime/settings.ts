/** The one place that says how many workers there are, and what they may take. */

import { availableParallelism } from 'node:os'

export interface RuntimeSettings {
  /** Most worker threads. Default: one for each core, at least 2 and at most 4. Each costs about 40 MB. */
  workers: number
  /** Threads of one run. Default: the cores, divided by the workers that hold the model. */
  threads: number | null
  /** Calls of one model that may wait; more are refused with `queue-full`. Default 256. */
  maxQueue: number
  /** Minutes after which a model that nobody calls is unloaded; the next call loads it again. Default 15. */
  idleMinutes: number
}

export const settings: RuntimeSettings = {
  workers: Math.min(4, Math.max(2, availableParallelism())),
  threads: null,
  maxQueue: 256,
  idleMinutes: 15,
}

/** Sets how models run in this process. What is open already stays as it is. */
export function configureRuntime(change: Partial<RuntimeSettings>): void {
  Object.assign(settings, change)
}
