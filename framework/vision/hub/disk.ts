import { SpaceError } from '#core/errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'a disk that is full',
  EDQUOT: 'a disk quota that is used up',
  EACCES: 'a folder that this user may not write to',
  EPERM: 'a folder that this user may not write to',
  ENOTDIR: 'a file where a folder belongs',
  EROFS: 'a disk that can only be read',
  EFBIG: 'a file system that does not take files of this size',
  EIO: 'a disk that fails',
}

/** Does something on the disk. @throws SpaceError `cache-unwritable` where the disk refuses it. */
export async function guardDisk<T>(model: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason =
      error instanceof Error && 'syscall' in error ? REASONS[(error as NodeJS.ErrnoException).code ?? ''] : undefined
    if (reason === undefined) throw error
    throw new SpaceError('cache-unwritable', { model, reason }, { cause: error })
  }
}
