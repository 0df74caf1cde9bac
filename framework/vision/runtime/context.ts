/** What a task is given beside its arguments; see `TaskContext`. */

import { readFile } from 'node:fs/promises'
import { SpaceError } from '#core/errors.ts'
import { type ImageInput, locate, openImage, readRgb } from '../media/open-image.ts'
import type { OnProgress, Step, TaskContext } from '../task.ts'

export interface CallContext extends TaskContext {
  /** Filled while the call goes on. */
  readonly timings: Record<Step, number>
}

const noTimings = (): Record<Step, number> => ({ decode: 0, preprocess: 0, queue: 0, run: 0, postprocess: 0 })

/** @param helpers - how many threads may decode pictures for this one just now; absent where it must not stand still */
export function createContext(signal: AbortSignal, onProgress: OnProgress, helpers?: () => number): CallContext {
  const timings = noTimings()
  const context: CallContext = {
    signal,
    onProgress,
    timings,
    async time(step, work) {
      signal.throwIfAborted()
      const startedAt = performance.now()
      try {
        return await work()
      } finally {
        timings[step] += performance.now() - startedAt
      }
    },
    image: (value, path = 'image') => openImage(value as ImageInput, { path, signal }),
    pixels: (value, path = 'image', processor) =>
      context.time('decode', () =>
        readRgb(value, {
          path,
          signal,
          ...(helpers ? { helpers: helpers() } : {}),
          ...(processor ? { reads: processor.reads } : {}),
        }),
      ),
    bytes: (value, path = 'file') => context.time('decode', () => bytesOf(value, path, signal)),
  }
  return context
}

async function bytesOf(value: unknown, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const { source, name } = await locate(value, path, signal)
  if ('bytes' in source) return source.bytes
  return readFile(source.file).catch((cause: unknown) => {
    throw new SpaceError('media-missing', { path, name: name ?? 'file' }, { cause })
  })
}
