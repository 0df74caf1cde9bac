/** From what an author names a model by to the folder with its files. */

import { basename, isAbsolute } from 'node:path'
import { resolveFromFolder, tellFetching } from './base-dir.ts'
import type { PipelineOptions } from './pipeline.ts'
import type { TaskName } from './tasks.ts'

/** What messages call a model: visitors may see them, so that an absolute path is cut to its last part. */
export const shownName = (model: string): string => (isAbsolute(model) ? basename(model) : model)

/** @param model - a folder, or the id of a repository on the Hub, whose files are fetched where they are missing. */
export async function modelFolder(
  model: string,
  { task, dtype, revision, token, signal, onProgress }: PipelineOptions & { task?: TaskName },
): Promise<string> {
  if (/^(\.{1,2}[/\\]|[/\\]|[A-Za-z]:[/\\])/.test(model)) return resolveFromFolder(model)
  const { resolveModel } = await import('./hub/index.ts')
  const files = new Map<string, { receivedBytes: number; totalBytes: number }>()
  const resolved = await resolveModel(model, {
    task,
    dtype,
    revision,
    token,
    signal,
    onProgress: (transfer) => {
      files.set(transfer.file, transfer)
      const sum = (pick: 'receivedBytes' | 'totalBytes') =>
        [...files.values()].reduce((all, file) => all + file[pick], 0)
      const [receivedBytes, totalBytes] = [sum('receivedBytes'), sum('totalBytes')]
      tellFetching({ model, receivedBytes, totalBytes })
      onProgress?.(receivedBytes / Math.max(1, totalBytes), transfer.file)
    },
  })
  return resolved.folder
}
