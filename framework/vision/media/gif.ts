/** What Pillow's `convert('RGB')` shows where a GIF's first frame is transparent or does not reach. */

import type { Rectangle } from '#core/media.ts'

const EXTENSION = 0x21
const GRAPHIC_CONTROL = 0xf9
const IMAGE = 0x2c
const HEADER_BYTES = 13
const HAS_PALETTE = 0x80

type Colour = readonly [red: number, green: number, blue: number]

export interface FirstFrame {
  /** Of the transparent index, or of the first where there is none; decoders with an alpha channel leave it out. */
  readonly hidden: Colour
  /** What of the picture it draws. */
  readonly area: Rectangle
}

/** Null where the file is too short to say. */
export function firstFrameOf(bytes: Uint8Array): FirstFrame | null {
  const shared = paletteAt(bytes, 10, HEADER_BYTES)
  let at = HEADER_BYTES + (shared?.length ?? 0)
  let hidden = 0
  while (at < bytes.length) {
    if (bytes[at] === IMAGE) {
      const palette = paletteAt(bytes, at + 9, at + 10) ?? shared
      return { hidden: colourAt(palette, hidden), area: areaAt(bytes, at + 1) }
    }
    if (bytes[at] !== EXTENSION) return null
    if (bytes[at + 1] === GRAPHIC_CONTROL && (bytes[at + 3] ?? 0) & 1) hidden = bytes[at + 6] ?? 0
    at += 2
    while (bytes[at]) at += (bytes[at] as number) + 1
    at++
  }
  return null
}

/** Three bytes for each colour; null where the flags say that there is none. */
function paletteAt(bytes: Uint8Array, flagsAt: number, at: number): Uint8Array | null {
  const flags = bytes[flagsAt] ?? 0
  return flags & HAS_PALETTE ? bytes.subarray(at, at + (3 << ((flags & 7) + 1))) : null
}

/** Without a palette the index is a grey; an index that the palette lacks is black. */
function colourAt(palette: Uint8Array | null, index: number): Colour {
  if (palette === null) return [index, index, index]
  const [red = 0, green = 0, blue = 0] = palette.subarray(3 * index)
  return [red, green, blue]
}

function areaAt(bytes: Uint8Array, at: number): Rectangle {
  const word = (offset: number) => (bytes[at + offset] ?? 0) | ((bytes[at + offset + 1] ?? 0) << 8)
  return { left: word(0), top: word(2), width: word(4), height: word(6) }
}

/**
 * RGB out of RGBA.
 * @param from - where in the whole picture these pixels begin.
 */
export function withoutAlpha(
  { width, data }: { readonly width: number; readonly data: Uint8Array },
  { hidden: [red, green, blue], area }: FirstFrame,
  from: { readonly left: number; readonly top: number },
): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3)
  const [left, top] = [area.left - from.left, area.top - from.top]
  for (let at = 0, to = 0, x = 0, y = 0; at < data.length; at += 4, to += 3) {
    const drawn = x >= left && x < left + area.width && y >= top && y < top + area.height
    const shown = drawn && data[at + 3] !== 0
    rgb[to] = shown ? (data[at] as number) : red
    rgb[to + 1] = shown ? (data[at + 1] as number) : green
    rgb[to + 2] = shown ? (data[at + 2] as number) : blue
    if (++x === width) [x, y] = [0, y + 1]
  }
  return rgb
}
