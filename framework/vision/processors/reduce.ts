/** Shrinking by whole numbers, with the exact numbers of Pillow's `Image.reduce`. */

import type { Pixels } from '#core/media.ts'

/** Averages blocks of `across` by `down` pixels; those at the right and the bottom edge may be smaller. */
export function reduce(from: Pixels, across: number, down: number): Pixels {
  const { channels } = from
  const width = Math.ceil(from.width / across)
  const height = Math.ceil(from.height / down)
  const data = new Uint8Array(width * height * channels)
  let out = 0
  for (let y = 0; y < height; y++) {
    const rows = Math.min(down, from.height - y * down)
    for (let x = 0; x < width; x++) {
      const columns = Math.min(across, from.width - x * across)
      const start = (y * down * from.width + x * across) * channels
      for (let channel = 0; channel < channels; channel++) data[out++] = blockMean(from, start + channel, columns, rows)
    }
  }
  return { width, height, channels, data }
}

/** Rounded half up, by a multiplication in fixed point of 24 bits. */
function blockMean({ width, channels, data }: Pixels, start: number, columns: number, rows: number): number {
  const count = columns * rows
  let sum = Math.floor(count / 2)
  for (let y = 0; y < rows; y++) {
    const row = start + y * width * channels
    for (let x = 0; x < columns; x++) sum += data[row + x * channels] as number
  }
  return Math.floor((sum * Math.floor(2 ** 24 / count)) / 2 ** 24)
}
