/** What a file is, from its first bytes, as a media type and in words. What the browser says it is counts for nothing. */

export interface Sniffed {
  readonly mime: string
  /** `a PDF`, `a PNG picture`: follows “got” in messages. */
  readonly words: string
}

/** As many bytes of a file as `sniff` looks at. */
export const SNIFF_BYTES = 1024

type Test = (bytes: Uint8Array) => boolean

const at =
  (offset: number, text: string): Test =>
  (bytes) => {
    for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false
    return true
  }
const both =
  (...tests: Test[]): Test =>
  (bytes) =>
    tests.every((test) => test(bytes))
const either =
  (...tests: Test[]): Test =>
  (bytes) =>
    tests.some((test) => test(bytes))
const brand = (...names: string[]) => both(at(4, 'ftyp'), either(...names.map((name) => at(8, name))))

const SIGNATURES: readonly [Test, string, string][] = [
  [at(0, '\xff\xd8\xff'), 'image/jpeg', 'a JPEG picture'],
  [at(0, '\x89PNG\r\n\x1a\n'), 'image/png', 'a PNG picture'],
  [both(at(0, 'RIFF'), at(8, 'WEBP')), 'image/webp', 'a WebP picture'],
  [either(at(0, 'GIF87a'), at(0, 'GIF89a')), 'image/gif', 'a GIF picture'],
  [either(at(0, 'II*\0'), at(0, 'MM\0*')), 'image/tiff', 'a TIFF picture'],
  [brand('avif', 'avis', 'mif1'), 'image/avif', 'an AVIF picture'],
  [brand('heic', 'heix', 'hevc', 'msf1'), 'image/heic', 'a HEIC picture'],
  [both(at(0, 'BM'), at(6, '\0\0\0\0')), 'image/bmp', 'a BMP picture'],
  [brand('qt  '), 'video/quicktime', 'a QuickTime video'],
  [brand('M4A '), 'audio/mp4', 'an MP4 sound'],
  [at(4, 'ftyp'), 'video/mp4', 'an MP4 video'],
  [at(0, '\x1a\x45\xdf\xa3'), 'video/webm', 'a WebM video'],
  [both(at(0, 'RIFF'), at(8, 'AVI ')), 'video/x-msvideo', 'an AVI video'],
  [both(at(0, 'RIFF'), at(8, 'WAVE')), 'audio/wav', 'a WAV sound'],
  [either(at(0, 'ID3'), at(0, '\xff\xfb'), at(0, '\xff\xf3')), 'audio/mpeg', 'an MP3 sound'],
  [at(0, 'OggS'), 'audio/ogg', 'an Ogg sound'],
  [at(0, 'fLaC'), 'audio/flac', 'a FLAC sound'],
  [at(0, '%PDF-'), 'application/pdf', 'a PDF'],
  [at(0, 'PK\x03\x04'), 'application/zip', 'a ZIP archive'],
  [at(0, '\x1f\x8b'), 'application/gzip', 'a gzip archive'],
  [at(0, 'glTF'), 'model/gltf-binary', 'a glTF model'],
  [at(0, 'ply\n'), 'model/ply', 'a PLY model'],
  [at(0, '\x7fELF'), 'application/x-executable', 'a program'],
  [at(0, 'MZ'), 'application/x-executable', 'a program'],
]

export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { mime: 'application/x-empty', words: 'an empty file' }
  for (const [test, mime, words] of SIGNATURES) if (test(bytes)) return { mime, words }
  return sniffText(bytes) ?? { mime: 'application/octet-stream', words: 'bytes of an unknown kind' }
}

function sniffText(bytes: Uint8Array): Sniffed | null {
  const head = bytes.subarray(0, SNIFF_BYTES)
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return null
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase()
  if (/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg[\s>]/.test(text))
    return { mime: 'image/svg+xml', words: 'an SVG drawing' }
  if (/^<(!doctype html|html|head|body|script)\b/.test(text)) return { mime: 'text/html', words: 'an HTML page' }
  if (text.startsWith('<?xml')) return { mime: 'application/xml', words: 'an XML file' }
  if (/^[{[]/.test(text)) return { mime: 'application/json', words: 'JSON' }
  return { mime: 'text/plain', words: 'text' }
}

/** Types that browsers may run as a page or a program; these are never shown in place. */
const ACTIVE = /^(text\/html|image\/svg\+xml|application\/(xml|xhtml\+xml|pdf|javascript)|text\/(xml|javascript))$/

/** Whether a browser may show a file of this type in place: a picture, a film, a sound, plain text. */
export function isPassive(mime: string): boolean {
  return !ACTIVE.test(mime) && /^(image|video|audio)\/|^text\/plain$|^application\/json$/.test(mime)
}

/** Whether a type is one of those that a field takes: `image/*`, `video/mp4,video/webm`, or all of them. */
export function accepts(accept: string, mime: string): boolean {
  return accept.split(',').some((entry) => {
    const wanted = entry.trim().toLowerCase()
    if (wanted === '*/*' || wanted === '') return true
    return wanted.endsWith('/*') ? mime.startsWith(wanted.slice(0, -1)) : wanted === mime
  })
}

/** What a field takes, in words: follows “expected” in messages. */
export function acceptWords(accept: string): string {
  if (accept.startsWith('image/')) return 'a picture'
  if (accept.startsWith('video/')) return 'a video'
  if (accept.startsWith('audio/')) return 'a sound'
  if (accept.startsWith('model/')) return 'a 3D model'
  return 'a file'
}
