/** Counts what passes, keeps its beginning, and stops at the limit. */

import { Transform } from 'node:stream'
import { SpaceError } from '#core/errors.ts'
import { SNIFF_BYTES } from './sniff.ts'

export class Meter extends Transform {
  byteLength = 0
  head: Uint8Array = new Uint8Array()
  readonly #maxBytes: number
  readonly #path: string

  /** @param path - where the file belongs, `inputs.photo`; begins the message of `file-too-large`. */
  constructor(maxBytes: number, path: string) {
    super()
    this.#maxBytes = maxBytes
    this.#path = path
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.byteLength += chunk.byteLength
    if (this.byteLength > this.#maxBytes) {
      done(new SpaceError('file-too-large', { path: this.#path, maxBytes: this.#maxBytes }))
      return
    }
    if (this.head.length < SNIFF_BYTES) this.head = Buffer.concat([this.head, chunk]).subarray(0, SNIFF_BYTES)
    done(null, chunk)
  }
}
