/** Logits to probabilities. Values are rounded to float32, as the reference computes them. */

/** Subtracts the largest value first, so that nothing overflows. @param offset - where the row begins in `values`. */
export function softmax(values: ArrayLike<number>, offset = 0, length = values.length): Float32Array {
  let max = -Infinity
  for (let i = 0; i < length; i++) max = Math.max(max, values[offset + i] ?? -Infinity)
  const result = new Float32Array(length)
  let sum = 0
  for (let i = 0; i < length; i++) {
    const power = Math.exp((values[offset + i] ?? -Infinity) - max)
    result[i] = power
    sum += power
  }
  for (let i = 0; i < length; i++) result[i] = (result[i] ?? 0) / sum
  return result
}

const f32 = Math.fround

/** 0 for -Infinity, 1 for Infinity. Rounded at every step as torch does, so that its last bit is mostly torch's too. */
export function sigmoid(value: number): number {
  return f32(1 / f32(1 + f32(Math.exp(-value))))
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
