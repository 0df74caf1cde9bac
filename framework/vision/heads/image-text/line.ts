/** Finding out how a graph makes logits of cosines, so that texts seen before need not be run again. */

import type { Line } from './scale.ts'

/** Cosines closer together than this do not tell a slope well enough. */
const LEAST_SPREAD = 1e-4

/** How far a number of the file may lie from the found one to be tried, as a part of it. */
const NEAR = 0.1

/** What float32 leaves of the logits' exactness. */
const ABSOLUTE = 1e-5
const RELATIVE = 1e-6

/** The straight line through these points; null where they tell none. @param withBias - whether it may miss the origin. */
function fitLine(cosines: readonly number[], logits: ArrayLike<number>, withBias: boolean): Line | null {
  const meanX = withBias ? mean(cosines) : 0
  const meanY = withBias ? mean(logits) : 0
  let [products, squares] = [0, 0]
  for (const [i, cosine] of cosines.entries()) {
    products += (cosine - meanX) * ((logits[i] as number) - meanY)
    squares += (cosine - meanX) ** 2
  }
  if (Math.sqrt(squares / cosines.length) < LEAST_SPREAD) return null
  const scale = products / squares
  return { scale, bias: withBias ? meanY - scale * meanX : 0 }
}

/**
 * The line through these points whose numbers stand in the graph's file; null where none does. Models keep the logarithm of
 * the scale, exporters often the scale itself. With the exact numbers the same texts and pictures have the same scores,
 * whatever came before.
 */
export function exactLine(
  cosines: readonly number[],
  logits: ArrayLike<number>,
  withBias: boolean,
  scalars: readonly number[],
): Line | null {
  const found = fitLine(cosines, logits, withBias)
  if (!found) return null
  const scales = [...scalars, ...scalars.map((value) => Math.fround(Math.exp(value)))]
  const biases = withBias ? scalars.filter((value) => isNear(value, found.bias)) : [0]
  for (const scale of scales.filter((value) => isNear(value, found.scale))) {
    const bias = biases.find((value) => holds({ scale, bias: value }, cosines, logits))
    if (bias !== undefined) return { scale, bias }
  }
  return null
}

const isNear = (value: number, found: number) => Math.abs(value - found) <= NEAR * Math.abs(found)

/** Whether the line gives these logits, as far as float32 can tell. */
export function holds({ scale, bias }: Line, cosines: readonly number[], logits: ArrayLike<number>): boolean {
  return cosines.every((cosine, i) => {
    const logit = logits[i] as number
    return Math.abs(scale * cosine + bias - logit) <= ABSOLUTE + RELATIVE * Math.abs(logit)
  })
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum / values.length
}
