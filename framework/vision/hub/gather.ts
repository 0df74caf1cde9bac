/** Fetches the files of a commit that a model needs, four at a time. */

import { checkSupported } from '../elsewhere.ts'
import { blobOf, INCOMPLETE, placeInSnapshot, type RepoFile, sizeOf, snapshotOf, writeTree } from './cache.ts'
import { absentIn, beside, CONFIG, configIn, pick, readAdvice } from './choose.ts'
import type { HubClient } from './client.ts'
import { checkRoom, noted } from './disk.ts'
import { downloadBlob } from './download.ts'
import type { ResolveOptions, Wish } from './options.ts'

const AT_ONCE = 4

/** @param tree - what the commit holds; what the Hub tells of a file only when it is asked for it is put in here */
export async function fetchAll(wish: Wish, client: HubClient, commit: string, tree: RepoFile[]): Promise<void> {
  const { repo, options } = wish
  const folder = snapshotOf(repo, commit)
  const inFull = async (files: readonly RepoFile[]) => {
    const vague = files.filter(({ etag }) => etag === '')
    const told = await Promise.all(vague.map(({ path }) => client.fileAt(commit, path, options.signal)))
    for (const file of told)
      tree.splice(
        tree.findIndex(({ path }) => path === file.path),
        1,
        file,
      )
    if (told.length > 0) await noted(() => writeTree(repo, commit, tree))
    return tree.filter(({ path }) => files.some((file) => file.path === path))
  }
  const fetchFiles = (files: readonly RepoFile[], onProgress: ResolveOptions['onProgress']) =>
    fetchSome({ ...wish, options: { ...options, onProgress } }, client, commit, files)
  // The configuration comes first, silently: it may advise what else is to come, or that nothing need.
  const config = await absentIn(folder, await inFull(tree.filter(({ path }) => path === CONFIG)))
  await fetchFiles(config, undefined)
  checkSupported(repo.id, await configIn(folder), options.task)
  const files = await inFull(pick(repo.id, tree, options, await readAdvice(folder, options.device)))
  const absent = [...config, ...(await absentIn(folder, files))]
  await announce(wish, absent)
  await fetchFiles(absent, options.onProgress)
  const more = await absentIn(folder, await inFull(await beside(folder, tree, files)))
  await announce(wish, more)
  await fetchFiles(more, options.onProgress)
}

/** @throws SpaceError `cache-unwritable` where there is no room for them */
async function announce({ repo, options }: Wish, files: readonly RepoFile[]): Promise<void> {
  let neededBytes = 0
  for (const { path: file, byteLength: totalBytes, etag } of files) {
    const receivedBytes = (await sizeOf(blobOf(repo, etag))) ?? (await sizeOf(blobOf(repo, etag) + INCOMPLETE)) ?? 0
    options.onProgress?.({ file, receivedBytes, totalBytes })
    neededBytes += totalBytes - receivedBytes
  }
  await checkRoom(repo.id, repo.folder, neededBytes)
}

async function fetchSome(
  { repo, environment, options }: Wish,
  client: HubClient,
  commit: string,
  files: readonly RepoFile[],
): Promise<void> {
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const download = { stallTimeoutMs: environment.stallTimeoutMs, signal, onProgress: options.onProgress }
  await inTurns(files, AT_ONCE, failed, async (file) => {
    await downloadBlob(client, repo, commit, file, download)
    await placeInSnapshot(repo, commit, file, environment.symlinks)
  })
}

/** Largest first, so that the last one to end is a short one. The first failure stops the others. */
async function inTurns(
  files: readonly RepoFile[],
  atOnce: number,
  failed: AbortController,
  work: (file: RepoFile) => Promise<void>,
): Promise<void> {
  const waiting = [...files].sort((a, b) => b.byteLength - a.byteLength)
  const worker = async () => {
    for (let file = waiting.shift(); file && !failed.signal.aborted; file = waiting.shift()) {
      await work(file).catch((error: unknown) => {
        failed.abort(error)
        throw error
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, files.length) }, worker))
  if (failed.signal.aborted) throw failed.signal.reason
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
