import { statfs } from 'node:fs/promises'
import { bytes } from '#core/error-catalogue.ts'
import { SpaceError } from '#core/errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'a disk that is full',
  EDQUOT: 'a disk quota that is used up',
  EACCES: 'a folder that this user may not write to',
  EPERM: 'a folder that this user may not write to',
  ENOTDIR: 'a file where a folder belongs',
  EEXIST: 'a file where a folder belongs',
  EROFS: 'a disk that can only be read',
  EFBIG: 'a file system that does not take files of this size',
  EIO: 'a disk that fails',
}

const reasonOf = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error ? REASONS[(error as NodeJS.ErrnoException).code ?? ''] : undefined

/** Does something on the disk. @throws SpaceError `cache-unwritable` where the disk refuses it. */
export async function guardDisk<T>(model: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    throw new SpaceError('cache-unwritable', { model, reason }, { cause: error })
  }
}

/**
 * Writes down what only spares the next start a question. A cache that cannot be written (an image of a container, a
 * share for many) serves what it has; where something is missing, fetching that says so.
 */
export async function noted(work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (reasonOf(error) === undefined) throw error
  })
}

/**
 * Looks whether a download fits before its first byte travels, where the file system says how much there is.
 * @param folder - on the disk that it goes to
 * @throws SpaceError `cache-unwritable`
 */
export async function checkRoom(model: string, folder: string, neededBytes: number): Promise<void> {
  const disk = await statfs(folder).catch(() => null)
  if (!disk) return
  const freeBytes = disk.bavail * disk.bsize
  // Some file systems (FUSE, network drives) say 0 of what they do not know.
  if (disk.blocks === 0 || neededBytes <= freeBytes) return
  const reason = `a disk with ${bytes(freeBytes)} left where ${bytes(neededBytes)} are needed`
  throw new SpaceError('cache-unwritable', { model, reason })
}
