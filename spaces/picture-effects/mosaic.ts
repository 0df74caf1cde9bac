import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pixels } from 'spaces'

interface Tile {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly mean: readonly [number, number, number]
  /** Squared error of painting the whole tile in its mean colour: how much there is to win by cutting it. */
  readonly error: number
}

/** Tiles in the first picture; each step has four times as many, at most. */
const FIRST_TILES = 24
/** Pixels; smaller tiles would only be the picture again. */
const SMALLEST_SIDE = 4
/** Pixels; on smaller tiles a joint would hide the picture. */
const SMALLEST_WITH_JOINT = 8

/**
 * A mosaic that refines itself: the tile that is farthest from its picture is cut into four, again and again. Flat sky
 * keeps large tiles, edges get small ones.
 *
 * @param pixels - RGBA.
 * @yields a whole picture for each step, RGB.
 */
export async function* drawMosaic(pixels: Pixels, steps: number, signal: AbortSignal): AsyncGenerator<Pixels> {
  const { width, height } = pixels
  let tiles = [measure(pixels, 0, 0, width, height)]
  for (let step = 0; step < steps; step++) {
    const target = FIRST_TILES * 3 ** step
    while (tiles.length < target) {
      // Cutting the worst tenth at a time gives nearly the picture that the worst one at a time would, much sooner.
      tiles.sort((a, b) => b.error - a.error)
      const worst = tiles
        .slice(0, Math.max(1, tiles.length >> 3))
        .filter((tile) => Math.min(tile.width, tile.height) >= 2 * SMALLEST_SIDE)
      if (worst.length === 0) break
      const cut = new Set(worst)
      tiles = [...tiles.filter((tile) => !cut.has(tile)), ...worst.flatMap((tile) => quarters(pixels, tile))]
      await nextTurn()
      signal.throwIfAborted()
    }
    yield paint(tiles, width, height)
  }
}

function quarters(pixels: Pixels, { left, top, width, height }: Tile): Tile[] {
  const [w, h] = [width >> 1, height >> 1]
  return [
    measure(pixels, left, top, w, h),
    measure(pixels, left + w, top, width - w, h),
    measure(pixels, left, top + h, w, height - h),
    measure(pixels, left + w, top + h, width - w, height - h),
  ]
}

function measure(
  { data, width: stride, channels }: Pixels,
  left: number,
  top: number,
  width: number,
  height: number,
): Tile {
  let [r, g, b, squares] = [0, 0, 0, 0]
  for (let y = top; y < top + height; y++) {
    for (let x = left, at = (y * stride + left) * channels; x < left + width; x++, at += channels) {
      const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
      r += red
      g += green
      b += blue
      squares += red * red + green * green + blue * blue
    }
  }
  const n = width * height
  return { left, top, width, height, mean: [r / n, g / n, b / n], error: squares - (r * r + g * g + b * b) / n }
}

/** Each tile in its mean colour, the larger ones with a joint of one darker pixel to the right and below. */
function paint(tiles: readonly Tile[], width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3)
  for (const tile of tiles) {
    const jointed = Math.min(tile.width, tile.height) >= SMALLEST_WITH_JOINT
    for (let y = tile.top; y < tile.top + tile.height; y++) {
      for (let x = tile.left; x < tile.left + tile.width; x++) {
        const joint = jointed && (x === tile.left + tile.width - 1 || y === tile.top + tile.height - 1)
        const at = (y * width + x) * 3
        for (const channel of [0, 1, 2] as const) data[at + channel] = tile.mean[channel] * (joint ? 0.82 : 1)
      }
    }
  }
  return { width, height, channels: 3, data }
}
