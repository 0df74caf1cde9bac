/** What `spaces dev` is asked to serve, found and loaded. */

import { readdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { type Found, findSpaces } from '#build/find-spaces.ts'
import { type BuiltSpace, loadSpace } from '#build/load-space.ts'
import { nearest } from '#core/nearest.ts'
import { UsageError } from './command.ts'

export interface Served {
  readonly spaces: readonly BuiltSpace[]
  readonly gallery: Found['gallery']
}

/** @throws UsageError where there is nothing at the path, or nothing that is a space. */
export async function servePath(path: string): Promise<Served> {
  const found = await findSpaces(path)
  if (!found) throw new UsageError(await nothingAt(path))
  if (found.spaces.length === 0) {
    throw new UsageError(
      `There is no space in ${path}: expected a space.ts in it, or in folders of it. Make one: spaces new my-space`,
    )
  }
  const spaces = await Promise.all(found.spaces.map(({ file, slug }) => loadSpace(file, { slug })))
  return { spaces, gallery: found.gallery }
}

/** A page for a task and a model, without a space file. Models named by a path are relative to the working folder. */
export async function serveModel(task: string, model: string): Promise<Served> {
  const { fromPipeline } = await import('../from-pipeline.ts')
  const space = fromPipeline(task as Parameters<typeof fromPipeline>[0], model)
  const dir = process.cwd()
  const file = resolve(dir, 'space.ts')
  const key = `${task} ${model}`
  return {
    spaces: [{ slug: '', file, dir, space, problem: null, setupKey: key, revision: key, inputs: [] }],
    gallery: null,
  }
}

async function nothingAt(path: string): Promise<string> {
  const names = await readdir(dirname(resolve(path))).catch(() => [])
  const hint = nearest(basename(path), names)
  return `There is no file or folder ${path}. ${hint || 'Make one: spaces new my-space'}`
}
