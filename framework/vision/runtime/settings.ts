/** The one place that says how many workers there are, and what they may take. */

import { availableParallelism } from 'node:os'
import { expected } from '#core/errors.ts'

export interface RuntimeSettings {
  /** Most worker threads. Default: one for each core, at least 2 and at most 4. Each costs about 15 MB beside its models. */
  workers: number
  /** Threads of one run. Default: the cores, divided by the workers that hold the model. */
  threads: number | null
  /** Calls of one model that may wait; more are refused with `queue-full`. Default 256. */
  maxQueue: number
  /**
   * Megabytes that models may take, by the size of their files; each worker that holds one counts. When another is loaded
   * beyond that, those that nobody calls are unloaded, the longest idle first; pinned ones stay. Default: no limit.
   */
  memoryMB: number
  /** Minutes after which a model that nobody calls is unloaded; the next call loads it again. Default 15. */
  idleMinutes: number
}

export const settings: RuntimeSettings = {
  workers: Math.min(4, Math.max(2, availableParallelism())),
  threads: null,
  maxQueue: 256,
  memoryMB: Infinity,
  idleMinutes: 15,
}

const atLeast = (least: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= least
const FITS: Readonly<Record<keyof RuntimeSettings, [what: string, fits: (value: unknown) => boolean]>> = {
  workers: ['a whole number of at least 1', atLeast(1)],
  threads: ['a whole number of at least 1, or null', (value) => value === null || atLeast(1)(value)],
  maxQueue: ['a whole number, 0 or more', atLeast(0)],
  memoryMB: ['megabytes above 0 (Infinity for no limit)', (value) => typeof value === 'number' && value > 0],
  idleMinutes: ['minutes, 0 or more (Infinity for never)', (value) => typeof value === 'number' && value >= 0],
}

/**
 * Sets how models run in this process. What is open already stays as it is.
 * @throws SpaceError `invalid-value` naming the setting
 */
export function configureRuntime(change: Partial<RuntimeSettings>): void {
  if (typeof change !== 'object' || change === null) throw expected('configureRuntime', 'an object of settings', change)
  for (const [name, value] of Object.entries(change)) {
    const rule = FITS[name as keyof RuntimeSettings]
    if (!rule) throw expected('configureRuntime', `settings out of ${Object.keys(FITS).join(', ')}`, name)
    if (!rule[1](value)) throw expected(name, rule[0], value)
  }
  Object.assign(settings, change)
}
