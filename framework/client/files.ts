/** Files by URL and by upload. All addresses are relative, so that the page works under a proxy's sub-path. */

import type { PublicError } from '#core/errors.ts'
import type { FileRef } from '#core/schema.ts'
import type { Upload } from './runner.ts'

export const fileUrl = ({ id, name }: FileRef): string =>
  `files/${encodeURIComponent(id)}/${encodeURIComponent(name || 'file')}`

/** A WebP no wider than that. */
export const thumbUrl = (ref: FileRef, width: 168 | 336 | 640): string => `${fileUrl(ref)}?thumb=${width}`

export const isFileRef = (value: unknown): value is FileRef =>
  typeof value === 'object' && value !== null && 'id' in value && 'mime' in value && 'byteLength' in value

/** The first picture inside a value, however deep. */
export function pictureIn(value: unknown): FileRef | null {
  if (isFileRef(value)) return value.mime.startsWith('image/') ? value : null
  if (typeof value !== 'object' || value === null) return null
  for (const inner of Object.values(value)) {
    const found = pictureIn(inner)
    if (found) return found
  }
  return null
}

/** Whether a file's type is among those of an `accept` list: `image/*`, `video/mp4`. */
export function accepts(accept: string, mime: string): boolean {
  return accept.split(',').some((part) => {
    const wanted = part.trim()
    return wanted === '*/*' || wanted === mime || (wanted.endsWith('/*') && mime.startsWith(wanted.slice(0, -1)))
  })
}

const AWAY: PublicError = {
  code: 'server-closing',
  title: 'The file did not arrive',
  message: 'The connection to the server broke off.',
  hint: 'Try again in a moment.',
}

/** `XMLHttpRequest`, because `fetch` cannot say how much of a body has been sent. */
export const uploadFile: Upload = (file, { field, name, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `files?field=${encodeURIComponent(field)}`)
    request.responseType = 'json'
    request.setRequestHeader('content-type', file.type || 'application/octet-stream')
    request.setRequestHeader('x-file-name', encodeURIComponent(name))
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0)
    request.onload = () => {
      if (request.status === 201) resolve(request.response)
      else reject(request.response?.error ?? AWAY)
    }
    request.onerror = () => reject(AWAY)
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
