/** The boxes of which an MP4 or MOV consists. Format: ISO/IEC 14496-12, section 4.2. */

import type { Source } from './codec.ts'
import { openReader } from './read-at.ts'

/** Sizes that mean something else: the box goes on to the end of the file, or its size follows in 64 bits. */
const TO_THE_END = 0
const LARGE = 1

/**
 * Whether a file ends within one of its boxes, or before the one that says what is in it: an upload or a recording that was
 * cut short.
 */
export function isCutShort(source: Source): boolean {
  const { length, read, close } = openReader(source)
  try {
    for (let at = 0, described = false; ; ) {
      const head = read(at, 16)
      if (head.length < 8) return !described || at !== length
      const view = new DataView(head.buffer, head.byteOffset, head.length)
      const said = view.getUint32(0)
      if (said === TO_THE_END) return !described
      const size = said === LARGE && head.length === 16 ? Number(view.getBigUint64(8)) : said
      // No box is smaller than its own head: this is something else than the end.
      if (size < 8) return false
      described ||= String.fromCharCode(...head.subarray(4, 8)) === 'moov'
      at += size
      if (at > length) return true
    }
  } finally {
    close()
  }
}
