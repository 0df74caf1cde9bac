/** Watches the files that spaces are made of and, for a gallery, its folder; gives every space that has become another. */

import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FoundSpace } from './find-spaces.ts'
import { type BuiltSpace, loadSpace } from './load-space.ts'

/** How often a file that fails, and has just been written, is looked at again. */
const RETRIES = 5

export interface WatchOptions {
  readonly spaces: readonly BuiltSpace[]
  /** A gallery: its folder, and how to find what is in it now. */
  readonly gallery?: { readonly folder: string; find(): Promise<readonly FoundSpace[]> } | undefined
  /** A space loads anew, or no longer loads, or has come: look at `problem`. `before` is undefined for one that is new. */
  onLoaded(space: BuiltSpace, before: BuiltSpace | undefined): void
  onGone(space: BuiltSpace): void
  onError(error: unknown): void
  /** Editors write in several steps; this is how long it must have been quiet. */
  debounceMs?: number
}

export interface SpaceWatcher extends Disposable {
  /** From here on no edit is missed; those since the spaces were loaded are caught up with. */
  readonly ready: Promise<void>
}

/**
 * Folders are watched and not files, because most editors save by renaming a new file over the old one.
 * Dispose of what it gives to stop.
 */
export function watchSpaces({ gallery, debounceMs = 40, ...options }: WatchOptions): SpaceWatcher {
  const spaces = new Map(options.spaces.map((space) => [space.slug, space]))
  const watchers = new Map<string, FSWatcher>()
  const dirty = new Set<string>()
  let rescan = false
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()
  let closed = false

  function changed(folder: string, name: string | null): void {
    const path = name === null ? null : join(folder, name)
    for (const { slug, inputs, problem } of spaces.values()) {
      const concerns = inputs.some((file) => (path === null || problem ? dirname(file) === folder : file === path))
      if (concerns) dirty.add(slug)
    }
    if (gallery && (folder === gallery.folder || dirname(folder) === gallery.folder)) rescan = true
    if (dirty.size === 0 && !rescan) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work.then(update).catch(options.onError)
    }, debounceMs)
  }

  function follow(folders: Iterable<string>): void {
    const wanted = new Set(folders)
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => changed(folder, name))
        // The folder itself is gone: whatever comes in its place is found through the folder above it.
        watcher.on('error', () => {
          watcher.close()
          watchers.delete(folder)
        })
        watchers.set(folder, watcher)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') options.onError(error)
      }
    }
  }

  async function update(): Promise<void> {
    const slugs = [...dirty]
    dirty.clear()
    if (rescan && gallery) {
      rescan = false
      const found = await gallery.find()
      for (const { slug, file } of found) if (spaces.get(slug)?.file !== file) await load(slug, file)
      const left = new Set(found.map(({ slug }) => slug))
      for (const space of [...spaces.values()]) {
        if (left.has(space.slug)) continue
        spaces.delete(space.slug)
        options.onGone(space)
      }
    }
    for (const slug of slugs) {
      const space = spaces.get(slug)
      if (space) await load(slug, space.file)
    }
    if (!closed) follow(await foldersToWatch())
  }

  async function load(slug: string, file: string): Promise<void> {
    const before = spaces.get(slug)
    let next = await loadSpace(file, { slug })
    // What fails may be half of a file that is being written at this moment.
    for (let tries = 0; next.problem && tries < RETRIES && (await isFresh(next.inputs)); tries++) {
      await pause(debounceMs)
      next = await loadSpace(file, { slug })
    }
    if (closed) return
    spaces.set(slug, next)
    if (next.revision !== before?.revision || next.file !== before.file) options.onLoaded(next, before)
  }

  async function isFresh(files: readonly string[]): Promise<boolean> {
    const stats = await Promise.all(files.map((file) => stat(file).catch(() => null)))
    return stats.some((each) => each !== null && Date.now() - each.mtimeMs < debounceMs * 2)
  }

  async function foldersToWatch(): Promise<Set<string>> {
    const folders = new Set([...spaces.values()].flatMap(({ inputs }) => inputs.map((file) => dirname(file))))
    if (!gallery) return folders
    folders.add(gallery.folder)
    for (const entry of await readdir(gallery.folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name)) folders.add(join(gallery.folder, entry.name))
    }
    return folders
  }

  async function begin(): Promise<void> {
    const folders = await foldersToWatch()
    if (closed) return
    follow(folders)
    for (const { slug, inputs } of spaces.values()) if (inputs.length) dirty.add(slug)
    rescan = gallery !== undefined
    await update()
  }
  work = begin().catch(options.onError)

  return {
    ready: work,
    [Symbol.dispose]() {
      closed = true
      clearTimeout(timer)
      follow([])
    },
  }
}
