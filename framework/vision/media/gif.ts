/** What a GIF's transparent pixels look like underneath. */

const EXTENSION = 0x21
const GRAPHIC_CONTROL = 0xf9
const IMAGE = 0x2c
const HEADER_BYTES = 13
const HAS_PALETTE = 0x80

type Colour = readonly [red: number, green: number, blue: number]

/**
 * The colour of the first frame's transparent index, which Pillow's `convert('RGB')` shows in place of transparency;
 * decoders with an alpha channel leave it out. Null where the file is too short to say.
 */
export function hiddenColour(bytes: Uint8Array): Colour | null {
  const flags = bytes[10] ?? 0
  const whole = flags & HAS_PALETTE ? HEADER_BYTES : null
  let at = HEADER_BYTES + (whole === null ? 0 : 3 << ((flags & 7) + 1))
  let hidden = 0
  while (at < bytes.length) {
    if (bytes[at] === IMAGE) {
      const own = (bytes[at + 9] ?? 0) & HAS_PALETTE ? at + 10 : null
      return colourAt(bytes, own ?? whole, hidden)
    }
    if (bytes[at] !== EXTENSION) return null
    if (bytes[at + 1] === GRAPHIC_CONTROL && (bytes[at + 3] ?? 0) & 1) hidden = bytes[at + 6] ?? 0
    at += 2
    while (bytes[at]) at += (bytes[at] as number) + 1
    at++
  }
  return null
}

/** Without a palette the index is a grey. */
function colourAt(bytes: Uint8Array, palette: number | null, index: number): Colour {
  if (palette === null) return [index, index, index]
  const [red = 0, green = 0, blue = 0] = bytes.subarray(palette + 3 * index)
  return [red, green, blue]
}

/** RGB out of RGBA, with `colour` wherever the picture is transparent. */
export function withoutAlpha(data: Uint8Array, [red, green, blue]: Colour): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const shown = data[from + 3] !== 0
    rgb[to] = shown ? (data[from] as number) : red
    rgb[to + 1] = shown ? (data[from + 1] as number) : green
    rgb[to + 2] = shown ? (data[from + 2] as number) : blue
  }
  return rgb
}
