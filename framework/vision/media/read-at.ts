/** A few bytes here and there of a file, without reading the rest. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Source } from './codec.ts'

export interface Reader {
  readonly length: number
  /** Fewer bytes than asked where the file ends before. */
  read(at: number, length: number): Uint8Array
  close(): void
}

export function openReader(source: Source): Reader {
  if ('bytes' in source) {
    const { bytes } = source
    return { length: bytes.length, read: (at, length) => bytes.subarray(at, at + length), close: () => {} }
  }
  const file = openSync(source.file, 'r')
  const read = (at: number, length: number) => {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, at))
  }
  return { length: fstatSync(file).size, read, close: () => closeSync(file) }
}
