/**
 * One process at a time: a file that exists while the work goes on. Node has no `flock`, so that a lock of a process
 * which was killed has to be told from a held one: on the same machine by whether the process lives, from another one
 * (a cache on a network drive) by how long ago the holder last touched the file.
 */

import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { pause } from './pause.ts'

const TOUCH_EVERY_MS = 5_000
const STALE_AFTER_MS = 60_000
const LOOK_EVERY_MS = 150

export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called at each look while another process holds the lock. */
  readonly onWait?: (() => Promise<void> | void) | undefined
}

/** Does `work` while no other process does work under the same path. */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const owner = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  while (!(await take(path, owner))) {
    options.signal?.throwIfAborted()
    if (await breakIfStale(path)) continue
    await options.onWait?.()
    await pause(LOOK_EVERY_MS, options.signal)
  }
  const touching = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => clearInterval(touching))
  }, TOUCH_EVERY_MS).unref()
  try {
    return await work()
  } finally {
    clearInterval(touching)
    if ((await read(path)) === owner) await rm(path, { force: true })
  }
}

/** The owner's name is written before the lock appears: a lock without an owner could never be told stale. */
async function take(path: string, owner: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, owner, { flag: 'wx' })
    return await claim(draft, path, owner)
  } finally {
    await rm(draft, { force: true })
  }
}

async function claim(draft: string, path: string, owner: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error
    return claimWithoutLinks(path, owner)
  }
}

/** For file systems without hard links (FAT, some network drives): the name appears a moment before its owner. */
async function claimWithoutLinks(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function breakIfStale(path: string): Promise<boolean> {
  const [owner, facts] = await Promise.all([read(path), stat(path).catch(() => null)])
  if (owner === null || facts === null) return true
  const silentMs = Date.now() - facts.mtimeMs
  if (!isDead(owner) && silentMs < STALE_AFTER_MS) return false
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return true
  }
  // Another process may have broken the lock and taken it between the look and the rename: give it back to that one.
  if ((await read(aside)) !== owner) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
  return true
}

function isDead(owner: string): boolean {
  const { pid, host } = parse(owner)
  if (host !== hostname() || typeof pid !== 'number') return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function parse(owner: string): { pid?: unknown; host?: unknown } {
  try {
    return JSON.parse(owner) as { pid?: unknown; host?: unknown }
  } catch {
    return {}
  }
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
