/** A picture that comes again, as it does when somebody points into it or looks for one thing in many, is encoded once. */

import { createHash } from 'node:crypto'
import type { Pixels } from '#core/media.ts'
import type { TaskContext } from './task.ts'

type Encode<T> = (pixels: Pixels, context: TaskContext) => Promise<T>

/** The same function with a memory of one picture: the last one, told by its pixels. */
export function rememberLast<T>(encode: Encode<T>): Encode<T> {
  let last: { key: string; value: T } | null = null
  return async (pixels, context) => {
    const key = `${pixels.width}x${pixels.height} ${createHash('sha1').update(pixels.data).digest('base64')}`
    if (last?.key === key) return last.value
    const value = await encode(pixels, context)
    last = { key, value }
    return value
  }
}
