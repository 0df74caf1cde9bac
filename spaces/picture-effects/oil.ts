import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pixels } from 'spaces'

/** Rows painted before other work gets a turn; about 5 ms. */
const BAND = 24

/**
 * Oil paint: the Kuwahara filter (Kuwahara et al. 1976), one pass a step with a growing brush. Around each pixel it looks
 * at four squares that meet there and takes the mean of the calmest, so that areas become flat strokes and edges stay.
 *
 * @param pixels - RGBA.
 * @yields the picture after each pass, RGB.
 */
export async function* paintOil(pixels: Pixels, steps: number, signal: AbortSignal): AsyncGenerator<Pixels> {
  let picture = withoutAlpha(pixels)
  for (let step = 0; step < steps; step++) {
    picture = await kuwahara(picture, 2 + step, signal)
    yield picture
  }
}

function withoutAlpha({ width, height, channels, data }: Pixels): Pixels {
  const rgb = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    rgb[to] = data[from] as number
    rgb[to + 1] = data[from + 1] as number
    rgb[to + 2] = data[from + 2] as number
  }
  return { width, height, channels: 3, data: rgb }
}

/** @param radius - side of each of the four squares less one, in pixels. */
async function kuwahara(picture: Pixels, radius: number, signal: AbortSignal): Promise<Pixels> {
  const { width, height } = picture
  const sums = integrals(picture)
  const data = new Uint8Array(width * height * 3)
  for (let top = 0; top < height; top += BAND) {
    for (let y = top; y < Math.min(top + BAND, height); y++) {
      for (let x = 0; x < width; x++) calmest(sums, width, height, x, y, radius, data)
    }
    await nextTurn()
    signal.throwIfAborted()
  }
  return { width, height, channels: 3, data }
}

/** Summed-area tables of red, green, blue and squared luminance, plus luminance, one column and row larger than the picture. */
function integrals({ width, height, data }: Pixels): Float64Array[] {
  const stride = width + 1
  const tables = Array.from({ length: 5 }, () => new Float64Array(stride * (height + 1)))
  const row = new Float64Array(5)
  for (let y = 0; y < height; y++) {
    row.fill(0)
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
      const luminance = 0.299 * r + 0.587 * g + 0.114 * b
      row[0] = (row[0] as number) + r
      row[1] = (row[1] as number) + g
      row[2] = (row[2] as number) + b
      row[3] = (row[3] as number) + luminance
      row[4] = (row[4] as number) + luminance * luminance
      const to = (y + 1) * stride + x + 1
      for (let table = 0; table < 5; table++) {
        const sums = tables[table] as Float64Array
        sums[to] = (sums[to - stride] as number) + (row[table] as number)
      }
    }
  }
  return tables
}

const CORNERS = [
  [-1, -1],
  [0, -1],
  [-1, 0],
  [0, 0],
] as const

function calmest(
  tables: readonly Float64Array[],
  width: number,
  height: number,
  x: number,
  y: number,
  radius: number,
  out: Uint8Array,
): void {
  const stride = width + 1
  const [reds, greens, blues, lights, squares] = tables as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let least = Infinity
  let [r, g, b] = [0, 0, 0]
  for (const [dx, dy] of CORNERS) {
    const left = Math.max(0, x + dx * radius)
    const top = Math.max(0, y + dy * radius)
    const right = Math.min(width, x + (dx + 1) * radius + 1)
    const bottom = Math.min(height, y + (dy + 1) * radius + 1)
    const n = (right - left) * (bottom - top)
    const [a, c, d, e] = [top * stride + left, top * stride + right, bottom * stride + left, bottom * stride + right]
    const within = (sums: Float64Array) =>
      (sums[e] as number) - (sums[c] as number) - (sums[d] as number) + (sums[a] as number)
    const mean = within(lights) / n
    const variance = within(squares) / n - mean * mean
    if (variance < least) {
      least = variance
      r = within(reds) / n
      g = within(greens) / n
      b = within(blues) / n
    }
  }
  const at = (y * width + x) * 3
  out[at] = r
  out[at + 1] = g
  out[at + 2] = b
}
