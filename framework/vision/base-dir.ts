/**
 * Paths in a space file are relative to that file, wherever the process was started. The server runs `setup` and `run`
 * inside `withinFolder`; outside of it paths are relative to the working directory, as everywhere.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { resolve } from 'node:path'

const folders = new AsyncLocalStorage<string>()

/** Runs `work`, and all that it starts, with relative paths resolved from `folder`. */
export function withinFolder<T>(folder: string, work: () => T): T {
  return folders.run(folder, work)
}

/** Absolute path of the folder that relative paths start from. */
export function currentFolder(): string {
  return folders.getStore() ?? process.cwd()
}

export function resolveFromFolder(path: string): string {
  return resolve(currentFolder(), path)
}
