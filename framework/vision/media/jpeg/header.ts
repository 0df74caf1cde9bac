/**
 * What stands before the pixels of a JPEG file, as far as the quick decoder takes it: one baseline scan of Y, Cb and Cr, 8
 * bits each, upright. Null for anything else, damaged or only unusual: libvips knows what to make of it.
 */

export interface Component {
  readonly id: number
  /** Blocks across and down in a unit. */
  readonly across: number
  readonly down: number
  readonly quantisation: Uint16Array
  readonly dc: HuffmanSpec
  readonly ac: HuffmanSpec
}

/** How many codes there are of each length from 1 to 16 bits, then what they stand for. */
export type HuffmanSpec = Uint8Array

export interface Frame {
  readonly width: number
  readonly height: number
  readonly components: readonly [Component, Component, Component]
  /** Units between two restarts; 0 where there are none. */
  readonly restart: number
  /** Where the entropy-coded bytes begin. */
  readonly start: number
}

type Draft = Omit<Component, 'dc' | 'ac' | 'quantisation'> & { readonly table: number }

interface Reading {
  readonly quantisation: (Uint16Array | undefined)[]
  /** DC from 0, AC from 4 on. */
  readonly huffman: (HuffmanSpec | undefined)[]
  frame: { width: number; height: number; drafts: Draft[] } | null
  /** Whether a marker says that the colours are luma and chroma. */
  jfif: boolean
  restart: number
}

const READERS: Readonly<Record<number, (segment: Uint8Array, reading: Reading) => boolean>> = {
  192: readFrame,
  193: readFrame,
  196: readHuffman,
  219: readQuantisation,
  221: (segment, reading) => {
    reading.restart = word(segment, 0)
    return segment.length === 2
  },
  224: (segment, reading) => {
    reading.jfif ||= starts(segment, 'JFIF\0')
    return true
  },
  225: (segment) => !starts(segment, 'Exif\0') || isUpright(segment.subarray(6)),
  // Of several pictures in a file one may be the brightness of another.
  226: (segment) => starts(segment, 'ICC_PROFILE\0'),
  // Adobe: 1 is luma and chroma.
  238: (segment) => !starts(segment, 'Adobe') || segment[11] === 1,
}
const START_OF_IMAGE = 0xffd8
const START_OF_SCAN = 218
const isApplication = (marker: number) => marker >= 224 && marker <= 239
const COMMENT = 254

export function readFrameHeader(bytes: Uint8Array): Frame | null {
  const reading: Reading = { quantisation: [], huffman: [], frame: null, jfif: false, restart: 0 }
  if (word(bytes, 0) !== START_OF_IMAGE) return null
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] as number
    const end = at + 2 + word(bytes, at + 2)
    if (end > bytes.length) return null
    const segment = bytes.subarray(at + 4, end)
    if (marker === START_OF_SCAN) return finish(segment, reading, end)
    const read = READERS[marker]
    if (read ? !read(segment, reading) : !(isApplication(marker) || marker === COMMENT)) return null
    at = end
  }
  return null
}

const word = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

function starts(segment: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (segment[i] !== text.charCodeAt(i)) return false
  return true
}

function readFrame(segment: Uint8Array, reading: Reading): boolean {
  const [precision, count] = [segment[0], segment[5]]
  if (reading.frame || precision !== 8 || count !== 3 || segment.length !== 15) return false
  const drafts = [6, 9, 12].map((at): Draft => {
    const [id, factors, table] = [...segment.subarray(at, at + 3)] as [number, number, number]
    return { id, across: factors >> 4, down: factors & 15, table }
  })
  reading.frame = { height: word(segment, 1), width: word(segment, 3), drafts }
  return true
}

function readQuantisation(segment: Uint8Array, { quantisation }: Reading): boolean {
  let at = 0
  while (at < segment.length) {
    const [wide, table] = [(segment[at] as number) >> 4, (segment[at] as number) & 15]
    at++
    const end = at + (wide ? 128 : 64)
    if (wide > 1 || table > 3 || end > segment.length) return false
    quantisation[table] = Uint16Array.from({ length: 64 }, (_, i) =>
      wide ? word(segment, at + 2 * i) : (segment[at + i] as number),
    )
    at = end
  }
  return true
}

function readHuffman(segment: Uint8Array, { huffman }: Reading): boolean {
  let at = 0
  while (at + 17 <= segment.length) {
    const [kind, table] = [(segment[at] as number) >> 4, (segment[at] as number) & 15]
    const counts = segment.subarray(at + 1, at + 17)
    const end = at + 17 + counts.reduce((sum, count) => sum + count, 0)
    if (kind > 1 || table > 3 || end > segment.length) return false
    huffman[kind * 4 + table] = segment.subarray(at + 1, end)
    at = end
  }
  return at === segment.length
}

/** The scan's components must be the frame's, in its order and whole. */
function finish(segment: Uint8Array, reading: Reading, start: number): Frame | null {
  const { frame, quantisation, huffman, jfif, restart } = reading
  if (!frame || segment.length !== 10 || segment[0] !== 3) return null
  if (segment[7] !== 0 || segment[8] !== 63 || segment[9] !== 0) return null
  const components: Component[] = []
  for (const [index, { id, across, down, table }] of frame.drafts.entries()) {
    const tables = segment[2 + 2 * index] as number
    const [dc, ac] = [huffman[tables >> 4], huffman[4 + (tables & 15)]]
    const steps = quantisation[table]
    if (segment[1 + 2 * index] !== id || tables >> 4 > 3 || !dc || !ac || !steps) return null
    components.push({ id, across, down, quantisation: steps, dc, ac })
  }
  const [luma, blue, red] = components as [Component, Component, Component]
  const numbered = luma.id === 1 && blue.id === 2 && red.id === 3
  const single = blue.across * blue.down * red.across * red.down === 1
  // Chroma of all columns and rows, of half the columns, or of half of both.
  const known = luma.across === 1 ? luma.down === 1 : luma.across === 2 && (luma.down === 1 || luma.down === 2)
  if (!(numbered || jfif) || !single || !known || frame.width === 0 || frame.height === 0) return null
  return { width: frame.width, height: frame.height, components: [luma, blue, red], restart, start }
}

const ORIENTATION = 0x0112
const SHORT = 3

/** Whether Exif's first directory has no orientation, or the plain one. */
function isUpright(tiff: Uint8Array): boolean {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  if (tiff.length < 8) return false
  const little = starts(tiff, 'II')
  if (!little && !starts(tiff, 'MM')) return false
  const first = view.getUint32(4, little)
  if (first + 2 > tiff.length) return false
  const count = view.getUint16(first, little)
  if (first + 2 + 12 * count > tiff.length) return false
  for (let i = 0; i < count; i++) {
    const at = first + 2 + 12 * i
    if (view.getUint16(at, little) !== ORIENTATION) continue
    return view.getUint16(at + 2, little) === SHORT && view.getUint16(at + 8, little) === 1
  }
  return true
}
