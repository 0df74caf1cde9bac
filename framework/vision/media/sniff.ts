/** What a file is, from its first bytes; names and declared types are not asked. */

/** How many bytes `sniff` wants to see. */
export const SNIFF_BYTES = 64

const ascii = (bytes: Uint8Array, start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end))

/** Media type of a still picture that can be decoded, or null. */
export function sniffImage(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg'
  if (bytes[0] === 0x89 && ascii(bytes, 1, 4) === 'PNG') return 'image/png'
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp'
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'image/gif'
  if (ascii(bytes, 0, 4) === 'II*\0' || ascii(bytes, 0, 4) === 'MM\0*') return 'image/tiff'
  if (ascii(bytes, 4, 8) === 'ftyp' && /^(avif|avis|mif1)/.test(ascii(bytes, 8, 12))) return 'image/avif'
  return null
}

/** A file of moving pictures, by FFmpeg's name for it. */
export interface Container {
  readonly format: 'mov' | 'matroska' | 'avi'
  readonly mime: string
}

/** The container of a video that can be decoded, or null. */
export function sniffVideo(bytes: Uint8Array): Container | null {
  const kind = ascii(bytes, 4, 8)
  if (kind === 'ftyp' && !/^(avif|avis|mif1|msf1|hei|hev)/.test(ascii(bytes, 8, 12)))
    return { format: 'mov', mime: ascii(bytes, 8, 12) === 'qt  ' ? 'video/quicktime' : 'video/mp4' }
  // QuickTime before there was a type box.
  if (/^(moov|mdat|wide|free|skip)$/.test(kind)) return { format: 'mov', mime: 'video/quicktime' }
  if (ascii(bytes, 0, 4) === '\x1a\x45\xdf\xa3')
    return {
      format: 'matroska',
      mime: ascii(bytes, 0, SNIFF_BYTES).includes('webm') ? 'video/webm' : 'video/x-matroska',
    }
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'AVI ') return { format: 'avi', mime: 'video/x-msvideo' }
  return null
}

/** Whether an argument is a video rather than a picture, as far as its name, type or first bytes tell. */
export function isVideoLike(value: unknown): boolean {
  if (value instanceof Uint8Array) return sniffVideo(value.subarray(0, SNIFF_BYTES)) !== null
  if (value instanceof ArrayBuffer) return isVideoLike(new Uint8Array(value))
  if (value instanceof Blob) return value.type.startsWith('video/')
  const name = value instanceof URL ? value.pathname : value
  return typeof name === 'string' && /^data:video\/|\.(mp4|m4v|mov|webm|mkv|avi)$/i.test(name)
}

/** What to call bytes that are no picture, in a message. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file'
  const head = ascii(bytes, 0, SNIFF_BYTES)
  const start = head
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase()
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('svg'))) return 'an SVG drawing'
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'an HTML page'
  if (head.startsWith('%PDF')) return 'a PDF document'
  if (head.startsWith('BM')) return 'a BMP picture, which is not supported'
  if (ascii(bytes, 4, 8) === 'ftyp') {
    return /^(heic|heix|hevc)/.test(ascii(bytes, 8, 12)) ? 'a HEIC picture, which is not supported' : 'a video'
  }
  if (head.startsWith('\x1a\x45\xdf\xa3')) return 'a video'
  if (head.startsWith('PK')) return 'a ZIP archive'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text is what has none of them
  return /[\x00-\x08\x0e-\x1f]/.test(head) ? 'bytes of an unknown kind' : 'text'
}
