/** Files inside values: those that go out become references, references that come in can be downloaded. */

import type { FileRef } from '#core/schema.ts'
import type { RemoteFile } from './types.ts'

/** Puts a reference in the place of every blob, however deep. Blobs are sent at the same time. */
export async function sendFiles(value: unknown, send: (file: Blob) => Promise<FileRef>): Promise<unknown> {
  if (value instanceof Blob) return send(value)
  if (Array.isArray(value)) return Promise.all(value.map((entry) => sendFiles(entry, send)))
  if (typeof value !== 'object' || value === null) return value
  if (isFileRef(value)) return plainRef(value)
  const entries = Object.entries(value).map(async ([name, inner]) => [name, await sendFiles(inner, send)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** Makes every reference a file that can be downloaded, however deep. */
export function receiveFiles(value: unknown, open: (ref: FileRef) => RemoteFile): unknown {
  if (Array.isArray(value)) return value.map((entry) => receiveFiles(entry, open))
  if (typeof value !== 'object' || value === null) return value
  if (isFileRef(value)) return open(value)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, receiveFiles(inner, open)]))
}

function isFileRef(value: object): value is FileRef {
  return 'id' in value && 'mime' in value && 'byteLength' in value && typeof value.id === 'string'
}

const plainRef = ({ id, mime, name, byteLength, width, height }: FileRef): FileRef => ({
  id,
  mime,
  name,
  byteLength,
  ...(width === undefined || height === undefined ? {} : { width, height }),
})
