/** What a file is, from its first bytes; names and declared types are not asked. */

/** How many bytes `sniff` wants to see. */
export const SNIFF_BYTES = 256

const ascii = (bytes: Uint8Array, start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end))

/** Media type of a still picture that can be decoded, or null. */
export function sniffImage(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg'
  if (bytes[0] === 0x89 && ascii(bytes, 1, 4) === 'PNG') return 'image/png'
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp'
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'image/gif'
  if (/^(II[*+]\0|MM\0[*+])/.test(ascii(bytes, 0, 4))) return 'image/tiff'
  if (/^....ftyp(avif|(mif1|msf1|miaf).*avi[fs])/s.test(ascii(bytes, 0, SNIFF_BYTES))) return 'image/avif'
  return null
}

/** A file of moving pictures, by FFmpeg's name for it. */
export interface Container {
  readonly format: 'mov' | 'matroska' | 'avi' | 'apng' | 'mpegts' | 'mpeg'
  readonly mime: string
}

/** Packets of a transport stream are of one size and begin alike. */
const SYNC = 0x47
const TS_PACKET_BYTES = 188

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
  if (bytes[0] === SYNC && bytes[TS_PACKET_BYTES] === SYNC) return { format: 'mpegts', mime: 'video/mp2t' }
  if (ascii(bytes, 0, 4) === '\0\0\x01\xba') return { format: 'mpeg', mime: 'video/mpeg' }
  // The chunk of an animated PNG comes before its first picture, mostly soon after the header.
  if (ascii(bytes, 1, 4) === 'PNG' && ascii(bytes, 0, SNIFF_BYTES).includes('acTL'))
    return { format: 'apng', mime: 'image/apng' }
  return null
}

/** Whether an argument is a video rather than a picture, as far as its name, type or first bytes tell. */
export function isVideoLike(value: unknown): boolean {
  if (value instanceof Uint8Array) return sniffVideo(value.subarray(0, SNIFF_BYTES)) !== null
  if (value instanceof ArrayBuffer) return isVideoLike(new Uint8Array(value))
  if (value instanceof Blob) return value.type.startsWith('video/')
  const name = value instanceof URL ? value.pathname : value
  return typeof name === 'string' && /^data:video\/|\.(mp4|m4v|mov|webm|mkv|avi|ts|mpe?g)([?#].*)?$/i.test(name)
}

type Beginning = readonly [name: string, at: number, ...starts: string[]]

/** Pictures and films that are not read here: what stands at a place in their files. */
const NOT_SUPPORTED: readonly Beginning[] = [
  ['a BMP picture', 0, 'BM'],
  ['a JPEG XL picture', 0, '\xff\x0a', '\0\0\0\x0cJXL '],
  ['a JPEG 2000 picture', 0, '\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'],
  ['an icon (ICO)', 0, '\0\0\x01\0'],
  ['a PNM picture', 0, 'P1\n', 'P2\n', 'P3\n', 'P4\n', 'P5\n', 'P6\n', 'P7\n'],
  ['a Photoshop document', 0, '8BPS'],
  ['an OpenEXR picture', 0, '\x76\x2f\x31\x01'],
  ['a Radiance HDR picture', 0, '#?RADIANCE'],
  ['a DDS texture', 0, 'DDS '],
  ['an animated AVIF picture', 4, 'ftypavis'],
  ['a HEIC picture', 4, 'ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1'],
  ['a Flash video', 0, 'FLV\x01'],
  ['a Windows Media video', 0, '\x30\x26\xb2\x75'],
  ['an MPEG video without a container', 0, '\0\0\x01\xb3'],
  ['an Ogg file', 0, 'OggS'],
]

const OTHERS: readonly Beginning[] = [
  ['a sound', 4, 'ftypM4A'],
  ['a sound', 0, 'ID3', 'fLaC', '\xff\xfb', '\xff\xf3', '\xff\xf2'],
  ['a sound', 8, 'WAVE'],
  ['a video', 4, 'ftyp'],
  ['a video', 0, '\x1a\x45\xdf\xa3'],
  ['a video', 8, 'AVI '],
  ['a PDF document', 0, '%PDF'],
  ['a ZIP archive', 0, 'PK'],
  ['a compressed archive', 0, '\x1f\x8b'],
]

const nameIn = (table: readonly Beginning[], head: string) =>
  table.find(([, at, ...starts]) => starts.some((start) => head.startsWith(start, at)))?.[0]

/** What to call bytes that are no picture, in a message. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file'
  const head = ascii(bytes, 0, SNIFF_BYTES)
  const unsupported = nameIn(NOT_SUPPORTED, head)
  if (unsupported) return `${unsupported}, which is not supported`
  const other = nameIn(OTHERS, head)
  if (other) return other
  const start = head
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase()
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('svg'))) return 'an SVG drawing'
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'an HTML page'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text is what has none of them
  return /[\x00-\x08\x0e-\x1f]/.test(head) ? 'bytes of an unknown kind' : 'text'
}
