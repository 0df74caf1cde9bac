/** Pictures between a session's files and a task: what the codecs of all components with pictures share. */

import type { Files } from '#core/component.ts'
import { expected } from '#core/errors.ts'
import type { Image, ImageFormat } from '#core/media.ts'
import type { FileRef } from '#core/schema.ts'
import { isImage, originOf } from './image.ts'
import { openImage } from './open-image.ts'

/** What every browser draws. A picture of another type is sent in the field's own format. */
const DRAWN = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'])

/**
 * Opens an uploaded picture; its pixels are decoded, and scaled down to `maxSide`, when they are asked for.
 * @throws SpaceError `file-gone`, `file-type`, `file-broken`, `image-too-large`
 */
export async function receiveImage(
  ref: FileRef,
  { maxSide = Infinity }: { maxSide?: number },
  files: Files,
  path: string,
): Promise<Image> {
  const { path: file, name } = await files.open(ref, path)
  const image = await openImage(file, { path, name })
  if (Math.max(image.width, image.height) <= maxSide) return image
  return image.resize({ width: maxSide, height: maxSide, fit: 'inside' })
}

/**
 * Stores a task's answer: a path is taken as that file, a picture that nobody changed as the bytes it came in, any other
 * is encoded in `format`.
 * @throws SpaceError `invalid-value` where it is no picture; what reading and encoding throw
 */
export async function sendImage(
  value: Image | string,
  { format }: { format: ImageFormat },
  files: Files,
  path: string,
): Promise<FileRef> {
  if (typeof value === 'string') return files.adopt(value)
  if (!isImage(value)) throw expected(path, 'an Image, or the path of a picture', value)
  const refs = refsOf(files, value)
  const before = await refs.get(format)?.catch(() => null)
  if (before && (await isThere(before, files, path))) return before
  const sending = store(value, format, files, path)
  refs.set(format, sending)
  return sending
}

/**
 * What was sent before. A stream that gives a growing list of pictures encodes, stores and shows each of them once;
 * a page need not fetch again what it already draws.
 */
const sent = new WeakMap<Files, WeakMap<Image, Map<ImageFormat, Promise<FileRef>>>>()

function refsOf(files: Files, image: Image): Map<ImageFormat, Promise<FileRef>> {
  const images = sent.get(files) ?? new WeakMap<Image, Map<ImageFormat, Promise<FileRef>>>()
  const refs = images.get(image) ?? new Map<ImageFormat, Promise<FileRef>>()
  sent.set(files, images)
  images.set(image, refs)
  return refs
}

/** Files make room for newer ones. */
async function isThere(ref: FileRef, files: Files, path: string): Promise<boolean> {
  return files.open(ref, path).then(
    () => true,
    () => false,
  )
}

async function store(value: Image, format: ImageFormat, files: Files, path: string): Promise<FileRef> {
  const { width, height, mime } = value
  const stem = value.name?.replace(/\.\w+$/, '') || lastName(path)
  if (originOf(value)?.kind === 'encoded' && DRAWN.has(mime)) {
    const name = value.name ?? `${stem}.${mime.slice('image/'.length)}`
    return files.write(await value.bytes(), { mime, name, width, height })
  }
  return files.write(await value.encode(format), { mime: `image/${format}`, name: `${stem}.${format}`, width, height })
}

/** `outputs.depth` gives `depth`; `outputs.palette[2].image` gives `palette-2`. */
function lastName(path: string): string {
  const [, name = 'picture', index] = /^\w+\.(\w+)(?:\[(\d+)\])?/.exec(path) ?? []
  return index === undefined ? name : `${name}-${index}`
}
