/** Whether the bytes of a file are those that the Hub means. */

import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type RepoFile, sizeOf } from './cache.ts'

/** Git names a small file by the SHA-1 of its bytes behind a header; a large one goes by its SHA-256. */
export function startDigest({ digest, byteLength }: RepoFile): Hash {
  return digest === 'git' ? createHash('sha1').update(`blob ${byteLength}\0`) : createHash('sha256')
}

/** Takes what an earlier attempt left into the checksum. @returns how many bytes of it count. */
export async function hashExisting(digest: Hash, path: string, byteLength: number): Promise<number> {
  const there = (await sizeOf(path)) ?? 0
  if (there === 0 || there > byteLength) return 0
  for await (const chunk of createReadStream(path, { end: there - 1 })) digest.update(chunk as Uint8Array)
  return there
}

/**
 * Whether bytes that do not fit what a listing says are right all the same: mirrors list ids that look like git's and
 * are not, the SHA-1 of the bytes alone or the id of the pointer to a large file.
 * @param ask - for what the headers of the file itself say
 */
export async function fitsOtherwise(file: RepoFile, path: string, ask: () => Promise<RepoFile>): Promise<boolean> {
  if (file.digest !== 'git') return false
  const fits = async (digest: Hash, sum: string) => {
    await hashExisting(digest, path, file.byteLength)
    return digest.digest('hex') === sum
  }
  if (await fits(createHash('sha1'), file.etag)) return true
  // Where there is nothing more to hear, the bytes stay wrong.
  const told = await ask().catch(() => null)
  return told !== null && told.etag !== file.etag && told.digest !== 'none' && fits(startDigest(told), told.etag)
}
