/** Which samples torch's `interpolate` makes an output sample of, and how much each counts. */

import { FILTERS, type Filter } from './filters.ts'

/** For each output sample where its window starts, and its weights. */
export interface Taps {
  readonly starts: Int32Array
  readonly weights: readonly Float64Array[]
}

/** Rounding of every step: torch computes in float32 for numbers and in float64 for bytes. */
export type Round = (value: number) => number

/** Cubic convolution with a = -0.5 as torch computes it in float32, sums and products of each step rounded at once. */
export const FLOAT_CUBIC: Filter = {
  ...FILTERS.bicubic,
  weight(distance) {
    const x = Math.abs(distance)
    if (x < 1) return Math.fround(Math.fround(Math.fround(1.5 * x - 2.5) * x) * x + 1)
    return x < 2 ? Math.fround(Math.fround(Math.fround(-0.5 * x + 2.5) * x - 4) * x + 2) : 0
  },
}

/** With antialiasing: windows grow with the step, as Pillow's do. */
export function smoothTaps(from: number, to: number, { support, weight }: Filter, round: Round): Taps {
  const scale = round(from / to)
  const stretch = Math.max(scale, 1)
  const reach = round(support * stretch)
  const shrink = round(1 / stretch)
  const starts = new Int32Array(to)
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = round(scale * (i + 0.5))
    const start = Math.max(0, Math.trunc(round(round(centre - reach) + 0.5)))
    const end = Math.min(from, Math.trunc(round(round(centre + reach) + 0.5)))
    starts[i] = start
    return shares(
      Float64Array.from({ length: Math.max(0, end - start) }, (_, j) =>
        round(weight(round(round(round(j + start - centre) + 0.5) * shrink))),
      ),
      round,
    )
  })
  return { starts, weights }
}

function shares(weights: Float64Array, round: Round): Float64Array {
  let sum = 0
  for (const weight of weights) sum = round(sum + weight)
  return sum === 0 ? weights : weights.map((weight) => round(weight / sum))
}

/**
 * The sum of samples, `step` apart, by their weights. Behind the first product torch adds four at a time that were rounded
 * before, and those that are left over unrounded.
 */
export function weighted(data: Float32Array, start: number, step: number, weights: Float64Array): number {
  const apart = 4 * Math.floor((weights.length - 1) / 4)
  let sum = Math.fround((data[start] as number) * (weights[0] as number))
  let [k, at] = [1, start + step]
  for (; k <= apart; k++, at += step)
    sum = Math.fround(Math.fround((data[at] as number) * (weights[k] as number)) + sum)
  for (; k < weights.length; k++, at += step) sum = Math.fround((data[at] as number) * (weights[k] as number) + sum)
  return sum
}

/**
 * Without antialiasing: the two or four samples around a point; those beyond an edge count for the edge. Cubic convolution
 * has a = -0.75 here (Pillow's and torch's antialiased one have -0.5).
 */
export function pointTaps(from: number, to: number, cubic: boolean): Taps {
  const scale = from / to
  const reach = cubic ? 2 : 1
  const starts = new Int32Array(to)
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = scale * (i + 0.5) - 0.5
    const position = cubic ? centre : Math.max(0, centre)
    const base = Math.min(Math.floor(position), from - 1)
    const part = Math.min(1, Math.max(0, position - base))
    const start = Math.max(0, base - reach + 1)
    const end = Math.min(from, base + reach + 1)
    starts[i] = start
    const taps = new Float64Array(end - start)
    for (const [j, weight] of (cubic ? cubicTaps(part) : [1 - part, part]).entries()) {
      const sample = Math.min(end - 1, Math.max(start, base - reach + 1 + j))
      taps[sample - start] = (taps[sample - start] as number) + weight
    }
    return taps
  })
  return { starts, weights }
}

/** Of the two samples before a point and the two after it, in float64. */
function cubicTaps(part: number): readonly number[] {
  const a = -0.75
  const near = (t: number) => ((a + 2) * t - (a + 3)) * t * t + 1
  const far = (t: number) => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a
  return [far(part + 1), near(part), near(1 - part), far(2 - part)]
}
