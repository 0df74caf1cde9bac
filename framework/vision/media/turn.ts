/** Turning pixels by quarters: phones write videos as the sensor lies and note in the file how they were held. */

import type { Pixels } from '#core/media.ts'

/** Clockwise. */
export type QuarterTurns = 0 | 1 | 2 | 3

/** @param matrix - FFmpeg's display matrix, nine whole numbers of 32 bits of which the first two give the angle. */
export function quarterTurns(matrix: Uint8Array | null): QuarterTurns {
  if (!matrix || matrix.byteLength < 36) return 0
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  const angle = Math.atan2(view.getInt32(4, true), view.getInt32(0, true))
  return (((Math.round(angle / (Math.PI / 2)) % 4) + 4) % 4) as QuarterTurns
}

export function turn(pixels: Pixels, turns: QuarterTurns): Pixels {
  if (turns === 0) return pixels
  const { width, height, channels, data } = pixels
  const upright = turns === 2
  const size = upright ? { width, height } : { width: height, height: width }
  const out = new Uint8Array(data.length)
  for (let y = 0, to = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [fromX, fromY] =
        turns === 1 ? [y, height - 1 - x] : turns === 2 ? [width - 1 - x, height - 1 - y] : [width - 1 - y, x]
      const from = (fromY * width + fromX) * channels
      for (let channel = 0; channel < channels; channel++) out[to++] = data[from + channel] as number
    }
  }
  return { ...size, channels, data: out }
}
