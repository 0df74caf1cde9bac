/** ImageGPT reads a picture as words: for each pixel the number of the nearest colour. */

import { type Processed, type Tensor, tensor } from '../task.ts'

/**
 * @param clusters - colours in the scale of `pixel_values`
 * @returns `input_ids`, int64 `[count, height * width]`
 */
export function colourWords(
  { dims, data }: Tensor<'float32'>,
  clusters: readonly (readonly number[])[],
): NonNullable<Processed['extra']> {
  const [count = 1, , height = 0, width = 0] = dims
  const plane = height * width
  const words = new BigInt64Array(count * plane)
  for (let i = 0; i < words.length; i++) {
    const start = Math.floor(i / plane) * 3 * plane + (i % plane)
    words[i] = BigInt(nearest(clusters, data[start] ?? 0, data[start + plane] ?? 0, data[start + 2 * plane] ?? 0))
  }
  return { input_ids: tensor('int64', words, [count, plane]) }
}

/** The first of equally near ones. Squares are not taken of differences but as the reference does, term by term. */
function nearest(clusters: readonly (readonly number[])[], r: number, g: number, b: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  const own = r * r + g * g + b * b
  for (const [index, [x = 0, y = 0, z = 0]] of clusters.entries()) {
    const distance = own - 2 * (r * x + g * y + b * z) + (x * x + y * y + z * z)
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}
