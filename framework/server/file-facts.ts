/** What is said of a file: its type, its name, its size, and its pixels where it is a picture. */

import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { readPictureSize } from './picture-size.ts'
import { SNIFF_BYTES, sniff } from './sniff.ts'

export interface FileFacts {
  readonly mime: string
  readonly name: string
  readonly byteLength: number
  readonly width?: number
  readonly height?: number
}

/** Of a file of the author's. @param about - what is known already. */
export async function describeFile(
  path: string,
  about: { mime?: string; width?: number; height?: number },
): Promise<FileFacts> {
  await using file = await open(path)
  const { size } = await file.stat()
  const head = new Uint8Array(Math.min(size, SNIFF_BYTES))
  await file.read(head, 0, head.length, 0)
  const mime = about.mime ?? sniff(head).mime
  const isMeasured = about.width !== undefined || !mime.startsWith('image/')
  const pixels = isMeasured ? null : await readPictureSize(path)
  return { ...about, ...pixels, mime, name: safeName(basename(path)), byteLength: size }
}

/** A file name without a path and without control characters, at most 200 characters long. */
export function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const clean = last.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '').trim()
  const short = clean.length > 200 ? `${clean.slice(0, 160)}${clean.slice(-40)}` : clean
  return short === '' || short === '.' || short === '..' ? 'file' : short
}
