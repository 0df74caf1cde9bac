/**
 * One file from the Hub into a blob of the cache. Bytes go to `<etag>.spaces.incomplete`; a cut connection, or the next
 * process after this one was killed, goes on at its end with a Range request. The blob appears by rename once size and
 * checksum are right.
 */

import type { Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import { blobOf, type CachedRepo, INCOMPLETE, type RepoFile, sizeOf } from './cache.ts'
import type { HubClient } from './client.ts'
import { fitsOtherwise, hashExisting, startDigest } from './digest.ts'
import { guardDisk } from './disk.ts'
import { withLock } from './lock.ts'
import { pause } from './pause.ts'
import { Refusal, waitBefore } from './refusal.ts'
import { isPage } from './refused.ts'
import { whyNot } from './why-not.ts'

/** How far a file is. */
export interface Transfer {
  /** Path inside the model, `onnx/model.onnx`. */
  readonly file: string
  readonly receivedBytes: number
  readonly totalBytes: number
}

export interface DownloadOptions {
  readonly stallTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((transfer: Transfer) => void) | undefined
}

/** Attempts in a row that bring nothing, before it is given up. */
const FRUITLESS_ATTEMPTS = 5

interface Job {
  readonly client: HubClient
  readonly model: string
  readonly commit: string
  readonly file: RepoFile
  readonly partial: string
  readonly options: DownloadOptions
}

/** Makes the blob of `file` be there. One process downloads it, the others wait for that one. */
export async function downloadBlob(
  client: HubClient,
  repo: CachedRepo,
  commit: string,
  file: RepoFile,
  options: DownloadOptions,
): Promise<void> {
  const blob = blobOf(repo, file.etag)
  const partial = `${blob}${INCOMPLETE}`
  const report = async () => tell(options, file, (await sizeOf(partial)) ?? 0)
  const isThere = async () => (await sizeOf(blob)) === file.byteLength
  if (!(await isThere())) {
    await mkdir(dirname(blob), { recursive: true })
    const job = { client, model: repo.id, commit, file, partial, options }
    const work = async () => {
      if (await isThere()) return
      await receiveWhole(job)
      await rename(partial, blob)
    }
    await withLock(join(repo.locks, `${file.etag}.spaces.lock`), work, { signal: options.signal, onWait: report })
  }
  tell(options, file, file.byteLength)
}

function tell({ onProgress }: DownloadOptions, file: RepoFile, receivedBytes: number): void {
  onProgress?.({
    file: file.path,
    receivedBytes: Math.min(receivedBytes, file.byteLength),
    totalBytes: file.byteLength,
  })
}

/** Receives until all is there and right; bytes that turn out wrong are fetched once more from the beginning. */
async function receiveWhole(job: Job): Promise<void> {
  for (const isLast of [false, true]) {
    const wrong = await receiveRest(job)
    const { client, model, commit, file, partial, options } = job
    const askAgain = () => client.fileAt(commit, file.path, options.signal)
    if (wrong === null || (await fitsOtherwise(file, partial, askAgain))) return
    await rm(partial, { force: true })
    if (isLast) throw new SpaceError('model-broken', { model, file: file.path, reason: wrong })
  }
}

/** @returns what is wrong with the bytes, or null. */
async function receiveRest(job: Job): Promise<string | null> {
  const { file, partial } = job
  const digest = startDigest(file)
  await using handle = await open(partial, 'a+')
  let received = await hashExisting(digest, partial, file.byteLength)
  await handle.truncate(received)
  for (let fruitless = 0; received < file.byteLength; ) {
    const before = received
    try {
      received = await receiveSome(job, handle, digest, received)
    } catch (error) {
      job.options.signal?.throwIfAborted()
      if (!(error instanceof Cut)) throw error
      received = error.received
      fruitless = received > before ? 0 : fruitless + 1
      const waitMs = waitBefore(error.cause, fruitless)
      if (fruitless === FRUITLESS_ATTEMPTS || waitMs === null) throw error.toSpaceError(job)
      if (fruitless > 0) await pause(waitMs, job.options.signal)
    }
  }
  await handle.datasync()
  const sum = digest.digest('hex')
  return file.digest === 'none' || sum === file.etag
    ? null
    : `its checksum is ${sum.slice(0, 12)}…, where the Hub names ${file.etag.slice(0, 12)}…`
}

/** A transfer that ended too early; what came is on disk. */
class Cut extends Error {
  readonly received: number

  constructor(received: number, cause: unknown) {
    super('The transfer ended too early.', { cause })
    this.received = received
  }

  toSpaceError({ client, model }: Job): SpaceError {
    if (isSpaceError(this.cause)) return this.cause
    const details = { model, endpoint: client.endpoint, reason: whyNot(this.cause) }
    return new SpaceError('hub-unreachable', details, { cause: this.cause })
  }
}

/** One request: from `start` to the end of the file or of the connection. @returns bytes that are on disk. */
async function receiveSome(job: Job, handle: FileHandle, digest: Hash, start: number): Promise<number> {
  const { file, options, model } = job
  const stall = createStall(options.stallTimeoutMs, options.signal)
  let received = start
  try {
    const { response, toSkip } = await request(job, start, stall.signal)
    let position = start - toSkip
    for await (const chunk of bytesOf({ response, job })) {
      stall.touch()
      const fresh = chunk.subarray(Math.max(0, start - position), Math.max(0, file.byteLength - position))
      position += chunk.byteLength
      await guardDisk(model, () => writeAll(handle, fresh))
      digest.update(fresh)
      received += fresh.byteLength
      tell(options, file, received)
      if (received === file.byteLength) break
    }
  } catch (error) {
    if (isSpaceError(error) && error.code !== 'hub-unreachable') throw error
    throw new Cut(received, stall.reason ?? error)
  } finally {
    stall.end()
  }
  if (received < file.byteLength) throw new Cut(received, new Error('an answer that ends too early'))
  return received
}

async function request({ client, commit, file }: Job, start: number, signal: AbortSignal) {
  // Without `identity` a server may compress on the way, and ranges would count other bytes.
  const ask = (headers: Record<string, string>) =>
    client.fetch(client.addressOf(commit, file.path), {
      headers: { 'accept-encoding': 'identity', ...headers },
      signal,
    })
  const rest = start > 0 ? await ask({ range: `bytes=${start}-` }).catch(unlessOutOfRange) : null
  if (rest?.headers.get('content-range')?.startsWith(`bytes ${start}-`)) return { response: rest, toSkip: 0 }
  // A server that does not know ranges sends all of it again: the part that is there already goes by.
  if (rest && rest.status !== 206) return { response: rest, toSkip: start }
  await rest?.body?.cancel()
  return { response: await ask({}), toSkip: start }
}

/** 416: a cache on the way may refuse every range. */
function unlessOutOfRange(error: unknown): null {
  if (isSpaceError(error) && error.cause instanceof Refusal && error.cause.status === 416) return null
  throw error
}

/** The bytes of an answer. @throws SpaceError `hub-unreachable` where they are a page for people */
async function* bytesOf({ response, job }: { response: Response; job: Job }): AsyncGenerator<Uint8Array> {
  if (!response.body) throw new Error('an empty answer')
  let isFirst = true
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    if (isFirst && isPage(response.headers, Buffer.from(chunk.subarray(0, 100)).toString('latin1'))) {
      const reason = `a web page in place of ${job.file.path}, which a proxy or the login of a network may send`
      const cause = new Refusal(`${response.status} from ${response.url}`, response.status, response.headers)
      throw new SpaceError('hub-unreachable', { model: job.model, endpoint: job.client.endpoint, reason }, { cause })
    }
    isFirst = false
    yield chunk
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await handle.write(bytes, at)).bytesWritten
}

/** Aborts when nothing came for a while. */
function createStall(timeoutMs: number, outer: AbortSignal | undefined) {
  const controller = new AbortController()
  const stop = () => controller.abort(new Error(`nothing for ${timeoutMs / 1000} s`))
  const timer = setTimeout(stop, timeoutMs)
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    touch: () => timer.refresh(),
    end: () => clearTimeout(timer),
    get reason(): unknown {
      return controller.signal.reason
    },
  }
}
