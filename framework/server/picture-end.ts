/** Whether a picture is all there: known by its end, which costs no decode. */

import { type FileHandle, open } from 'node:fs/promises'

/** Cameras and editors append data of their own: the end mark is looked for in this many last bytes. */
const TAIL_BYTES = 64 * 1024

const END_MARKS: Readonly<Record<string, Uint8Array>> = {
  'image/jpeg': Uint8Array.of(0xff, 0xd9),
  'image/png': new TextEncoder().encode('IEND'),
}

/** Answers for JPEG, PNG and WebP; of other formats it knows nothing and says no. */
export async function isCutOff(path: string, mime: string): Promise<boolean> {
  await using file = await open(path)
  if (mime === 'image/webp') return (await readAt(file, 4, 4)).readUInt32LE() + 8 > (await file.stat()).size
  const mark = END_MARKS[mime]
  if (mark === undefined) return false
  const { size } = await file.stat()
  const tail = await readAt(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES)
  if (tail.includes(Buffer.from(mark))) return false
  // Phones hang a whole film behind a photo.
  return mime !== 'image/jpeg' || !(await hasJpegEnd(file))
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** Segments and scans that are looked at; far more than any camera writes. */
const MAX_SEGMENTS = 2000
const END = 0xd9
const SCAN = 0xda

/** Walks the segments and scans of a JPEG (ITU T.81, B.1.1) up to its own end, not that of a thumbnail in it. */
async function hasJpegEnd(file: FileHandle): Promise<boolean> {
  let position = 2
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    const head = await readAt(file, position, 4)
    const marker = head[1]
    if (marker === END) return true
    if (head.length < 4 || head[0] !== 0xff) return false
    position += 2 + head.readUInt16BE(2)
    if (marker === SCAN) position = await afterScan(file, position)
  }
  return false
}

/** Where the next marker stands: in a scan, 0xFF is followed by 0 where it is data, by D0 to D7 where it restarts. */
async function afterScan(file: FileHandle, start: number): Promise<number> {
  for (let position = start; ; ) {
    const chunk = await readAt(file, position, TAIL_BYTES)
    for (let at = chunk.indexOf(0xff); at >= 0 && at + 1 < chunk.length; at = chunk.indexOf(0xff, at + 1)) {
      const next = chunk[at + 1] ?? 0
      if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return position + at
    }
    if (chunk.length < TAIL_BYTES) return position + chunk.length
    // The last byte is read again: it may be the first half of a marker.
    position += chunk.length - 1
  }
}
