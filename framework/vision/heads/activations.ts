/**
 * Logits to probabilities, in the float32 arithmetic of torch on a processor with AVX-512: where two masks or classes are
 * equal but for the last bit, that bit says whose the pixel is.
 */

const f32 = Math.fround

// Natural logarithm of 2 in two parts, and the coefficients of the series, as in SLEEF's expf, which torch is built with
// (Shibata and Petrogalli, SLEEF: A Portable Vectorized Library of C Standard Mathematical Functions, 2020).
const LN2_HIGH = f32(0.693145751953125)
const LN2_LOW = f32(1.428606765330187e-6)
const LOG2E = f32(Math.LOG2E)
const SERIES = [
  0.00019852761761285365, 0.00139304355252534, 0.008333360776305199, 0.04166648536920547, 0.16666667163372,
]
const [C6, C5, C4, C3, C2] = SERIES.map(f32) as [number, number, number, number, number]
// Adding it to a small float32 and taking it away again leaves a whole number, halves to the even one.
const ROUNDER = 1.5 * 2 ** 23
// 2 to the power of -160 to 160.
const POWERS = Float64Array.from({ length: 321 }, (_, i) => 2 ** (i - 160))

/** Natural exponential to the bit as torch has it: a product is not rounded before it is added to. */
export function exp(x: number): number {
  if (x < -104) return 0
  if (x > 104) return Infinity
  const power = f32(f32(f32(x * LOG2E) + ROUNDER) - ROUNDER)
  const rest = f32(f32(x - power * LN2_HIGH) - power * LN2_LOW)
  const series = f32(f32(f32(f32(f32(C6 * rest + C5) * rest + C4) * rest + C3) * rest + C2) * rest + 0.5)
  return f32(f32(1 + f32(f32(rest * rest) * series + rest)) * (POWERS[power + 160] as number))
}

/** Subtracts the largest value first, so that nothing overflows. @param offset - where the row begins in `values`. */
export function softmax(values: ArrayLike<number>, offset = 0, length = values.length): Float32Array {
  let max = -Infinity
  for (let i = 0; i < length; i++) max = Math.max(max, values[offset + i] ?? -Infinity)
  const result = new Float32Array(length)
  for (let i = 0; i < length; i++) result[i] = exp(f32((values[offset + i] ?? -Infinity) - max))
  const scale = f32(1 / sumOf(result))
  for (let i = 0; i < length; i++) (result[i] as number) *= scale
  return result
}

/** Numbers that one instruction adds at once. */
const LANES = 16

/** Sixteen sums side by side, folded in halves at the end; fewer values are added one by one. */
function sumOf(values: Float32Array): number {
  if (values.length < LANES) return values.reduce((sum, value) => f32(sum + value), 0)
  const sums = values.slice(0, LANES)
  for (let i = LANES; i < values.length; i++) (sums[i % LANES] as number) += values[i] as number
  for (let half = LANES / 2; half >= 1; half /= 2)
    for (let i = 0; i < half; i++) (sums[i] as number) += sums[half + i] as number
  return sums[0] as number
}

/** 0 for -Infinity, 1 for Infinity. */
export function sigmoid(value: number): number {
  return f32(1 / f32(1 + exp(-value)))
}

export function sigmoids(values: ArrayLike<number>): Float32Array {
  const result = new Float32Array(values.length)
  for (let i = 0; i < result.length; i++) result[i] = sigmoid(values[i] ?? 0)
  return result
}

/** Index of the largest value in a row, the first of equals; -1 for an empty row. */
export function argmax(values: ArrayLike<number>, offset = 0, length = values.length): number {
  let best = -1
  let bestValue = -Infinity
  for (let i = 0; i < length; i++) {
    const value = values[offset + i] ?? -Infinity
    if (best < 0 || value > bestValue) {
      best = i
      bestValue = value
    }
  }
  return best
}

export function maxOf(values: ArrayLike<number>): number {
  let max = -Infinity
  for (let i = 0; i < values.length; i++) max = Math.max(max, values[i] ?? -Infinity)
  return max
}
