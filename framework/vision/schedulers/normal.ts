/**
 * Sixteen uniform numbers to sixteen normal ones (Box and Muller 1958), to the last bit as PyTorch does it on processors
 * with AVX2: logarithm, sine and cosine are the single-precision polynomials of Moshier's Cephes, with every product that
 * is added to something rounded once, as fused multiply-add does.
 */

const round = Math.fround

/** `a * b + c`, rounded once: the product of two float32 is exact in a double. */
const fused = (a: number, b: number, c: number): number => round(a * b + c)

/** @param coefficients - of the highest power first. */
function polynomial(x: number, coefficients: Float32Array): number {
  let value = coefficients[0] as number
  for (let i = 1; i < coefficients.length; i++) value = fused(value, x, coefficients[i] as number)
  return value
}

const LOG = Float32Array.of(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
)
const SINE = Float32Array.of(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
const COSINE = Float32Array.of(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
/** π/4 in three parts, so that taking multiples of it away loses nothing. */
const EIGHTH_TURN = Float32Array.of(0.78515625, 2.4187564849853516e-4, 3.774894977445941e-8)
/** ln 2 in two parts. */
const LN2 = [0.693359375, round(-2.1219444e-4)] as const
const SQRT_HALF = round(Math.SQRT1_2)
const INVERSE_EIGHTH_TURN = round(4 / Math.PI)
const TURN = round(2 * Math.PI)

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** Natural logarithm of a positive number. */
function log(value: number): number {
  float[0] = value
  const pattern = bits[0] as number
  bits[0] = (pattern & 0x007fffff) | 0x3f000000 // the fraction, in 0.5..1
  const fraction = float[0] as number
  const small = fraction < SQRT_HALF
  const exponent = (pattern >>> 23) - (small ? 127 : 126)
  const x = small ? round(round(fraction - 1) + fraction) : round(fraction - 1)
  const square = round(x * x)
  const series = fused(round(polynomial(x, LOG) * x), square, round(exponent * LN2[1]))
  return fused(exponent, LN2[0], round(x + fused(square, -0.5, series)))
}

/** Sine and cosine of an angle from 0 up. */
function sineAndCosine(angle: number): readonly [sine: number, cosine: number] {
  const octant = (Math.trunc(round(angle * INVERSE_EIGHTH_TURN)) + 1) & ~1
  let x = angle
  for (const part of EIGHTH_TURN) x = fused(octant, -part, x)
  const square = round(x * x)
  const even = round(fused(round(polynomial(square, COSINE) * square), square, -round(square * 0.5)) + 1)
  const odd = fused(round(polynomial(square, SINE) * square), x, x)
  const [sine, cosine] = octant & 2 ? [even, odd] : [odd, even]
  return [octant & 4 ? -sine : sine, (octant - 2) & 4 ? cosine : -cosine]
}

/** The first eight are paired with the last eight. @param uniforms - in 0..1 without 1; they may lie in `into` itself. */
export function toNormal(uniforms: Float32Array, into: Float32Array): void {
  for (let i = 0; i < 8; i++) {
    const radius = round(Math.sqrt(round(-2 * log(round(1 - (uniforms[i] as number))))))
    const [sine, cosine] = sineAndCosine(round(TURN * (uniforms[i + 8] as number)))
    into[i] = radius * cosine
    into[i + 8] = radius * sine
  }
}
