/** Half precision (IEEE 754 binary16) for Node versions without `Float16Array`. */

const bits = new Uint32Array(1)
const value = new Float32Array(bits.buffer)

/** Rounds to the nearest half, ties to even. Given as the bits. */
export function toFloat16(floats: Float32Array): Uint16Array {
  const halves = new Uint16Array(floats.length)
  for (let i = 0; i < floats.length; i++) halves[i] = halfOf(floats[i] as number)
  return halves
}

function halfOf(float: number): number {
  value[0] = float
  const word = bits[0] as number
  const sign = (word >>> 16) & 0x8000
  const rest = word & 0x7fffffff
  if (rest >= 0x7f800000) return sign | (rest > 0x7f800000 ? 0x7e00 : 0x7c00)
  if (rest >= 0x477ff000) return sign | 0x7c00
  if (rest >= 0x38800000) {
    const rounded = rest + 0xfff + ((rest >>> 13) & 1)
    return sign | ((rounded - 0x38000000) >>> 13)
  }
  // Below the least normal half: units of 2^-24, rounded to even.
  const units = Math.abs(float) * 2 ** 24
  const below = Math.floor(units)
  const up = units - below > 0.5 || (units - below === 0.5 && below % 2 === 1)
  return sign | (below + (up ? 1 : 0))
}

let table: Float32Array | null = null

/** Bits of halves to float32, exactly. */
export function fromFloat16(halves: ArrayLike<number>): Float32Array {
  // Newer Node versions give the values themselves.
  if (!(halves instanceof Uint16Array)) return Float32Array.from(halves)
  table ??= Float32Array.from({ length: 0x10000 }, (_, half) => floatOf(half))
  const floats = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i] as number] as number
  return floats
}

function floatOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
