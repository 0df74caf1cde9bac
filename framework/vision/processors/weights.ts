/** Which samples an output sample is made of, and how much each counts, in fixed point. */

import type { Filter } from './filters.ts'

/** Fraction bits: 8 bits of sample and 2 of headroom are left of 32. */
export const PRECISION = 22

/** For each output sample where its window starts, how long it is, and its weights. */
export interface Weights {
  readonly starts: Int32Array
  readonly lengths: Int32Array
  /** `stride` weights for each output sample. */
  readonly values: Int32Array
  readonly stride: number
}

/** The same weights serve every picture of a size. Sizes in use are few: a photo's and a model's. */
const cache = new Map<string, Weights>()
const CACHED = 32

/** @param from - samples; no whole number where the last of them counts in part. */
export function weightsOf(from: number, to: number, kernel: Filter): Weights {
  const key = `${from} ${to} ${kernel.name}`
  const known = cache.get(key)
  if (known) return known
  const made = computeWeights(from, to, kernel)
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value as string)
  cache.set(key, made)
  return made
}

function computeWeights(from: number, to: number, { support, weight }: Filter): Weights {
  const scale = from / to
  const samples = Math.ceil(from)
  const stretch = Math.max(scale, 1)
  const reach = support * stretch
  const stride = Math.ceil(reach) * 2 + 1
  const starts = new Int32Array(to)
  const lengths = new Int32Array(to)
  const values = new Int32Array(to * stride)
  const window = new Float64Array(stride)
  const shrink = 1 / stretch
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - reach + 0.5))
    const length = Math.min(samples, Math.trunc(centre + reach + 0.5)) - start
    let sum = 0
    for (let j = 0; j < length; j++) {
      const w = weight((j + start - centre + 0.5) * shrink)
      window[j] = w
      sum += w
    }
    for (let j = 0; j < length; j++) {
      const fixed = ((window[j] as number) / (sum === 0 ? 1 : sum)) * (1 << PRECISION)
      values[i * stride + j] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
    }
    starts[i] = start
    lengths[i] = length
  }
  return { starts, lengths, values, stride }
}

/** The weights of `count` output samples from `first` on. */
export function sliceWeights({ starts, lengths, values, stride }: Weights, first: number, count: number): Weights {
  const end = first + count
  return {
    starts: starts.subarray(first, end),
    lengths: lengths.subarray(first, end),
    values: values.subarray(first * stride, end * stride),
    stride,
  }
}

/** The same for a picture whose first `offset` samples are not there. */
export function shiftWeights(weights: Weights, offset: number): Weights {
  return offset === 0 ? weights : { ...weights, starts: weights.starts.map((start) => start - offset) }
}

/** First and last (not included) input row that any output row reads. */
export function rowsNeeded({ starts, lengths }: Weights): [number, number] {
  const last = starts.length - 1
  return [starts[0] as number, (starts[last] as number) + (lengths[last] as number)]
}
