/**
 * What a space's code stands in. Paths in a space file are relative to that file, wherever the process was started, and
 * models that are fetched say how far they are to whoever waits for them. The server runs `setup` and `run` inside
 * `withinFolder`; outside of it paths are relative to the working directory, as everywhere.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Files of a model on their way here, all of them together. */
export interface Fetching {
  readonly model: string
  readonly receivedBytes: number
  readonly totalBytes: number
}

interface Surroundings {
  readonly folder: string
  readonly onFetching: ((fetching: Fetching) => void) | null
}

const surroundings = new AsyncLocalStorage<Surroundings>()

/** Runs `work`, and all that it starts, with relative paths resolved from `folder`. */
export function withinFolder<T>(folder: string, work: () => T, onFetching: Surroundings['onFetching'] = null): T {
  return surroundings.run({ folder, onFetching }, work)
}

/** Tells whoever waits for the code that runs here. */
export function tellFetching(fetching: Fetching): void {
  surroundings.getStore()?.onFetching?.(fetching)
}

/** Absolute path of the folder that relative paths start from. */
export function currentFolder(): string {
  return surroundings.getStore()?.folder ?? process.cwd()
}

export function resolveFromFolder(path: string): string {
  return resolve(currentFolder(), path)
}

/** The path that a `file:` URL means, such as `new URL('./model', import.meta.url)`; anything else as it is. */
export function pathFromUrl(place: unknown): unknown {
  const href = place instanceof URL ? place.href : place
  return typeof href === 'string' && /^file:\/\/\//i.test(href) ? fileURLToPath(href) : href
}
