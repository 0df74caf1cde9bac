/**
 * Normal noise from a seed: bit for bit the values that `torch.randn` draws from `torch.Generator('cpu').manual_seed(seed)`
 * for float32, call after call, so that one seed gives the picture that it gives in Python. (PyTorch on a processor without
 * AVX2 differs from itself by up to 2e-6.) Mersenne Twister after Matsumoto and Nishimura 1998.
 */

import { toNormal } from './normal.ts'

const STATE = 624
const SHIFT = 397

/** MT19937: whole numbers of 32 bits. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(STATE)
  state[0] = seed
  for (let i = 1; i < STATE; i++) {
    const before = state[i - 1] as number
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i
  }
  let place = STATE

  const turn = () => {
    for (let i = 0; i < STATE; i++) {
      const mixed = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % STATE] as number) & 0x7fffffff)
      state[i] = (state[(i + SHIFT) % STATE] as number) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
    }
    place = 0
  }
  return () => {
    if (place === STATE) turn()
    let bits = state[place++] as number
    bits ^= bits >>> 11
    bits ^= (bits << 7) & 0x9d2c5680
    bits ^= (bits << 15) & 0xefc60000
    return (bits ^ (bits >>> 18)) >>> 0
  }
}

export interface NoiseSource {
  /** Independent values of mean 0 and variance 1. */
  normal(length: number): Float32Array
  /** A number from 0 up to but not including 1, with 53 random bits. */
  uniform(): number
}

/** @param seed - a whole number; its lower 32 bits count. */
export function createNoise(seed: number): NoiseSource {
  const next = mersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))))
  const fraction = () => (next() & 0xffffff) * 2 ** -24
  const uniform = () => {
    const high = next() & 0x1fffff
    return (high * 2 ** 32 + next()) * 2 ** -53
  }
  let spare: number | null = null

  const one = () => {
    if (spare !== null) {
      const value = spare
      spare = null
      return value
    }
    const angle = 2 * Math.PI * uniform()
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()))
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  return {
    uniform,
    normal(length) {
      const values = new Float32Array(length)
      // PyTorch draws few values one by one, and many in blocks of 16, the last block over again where it is not full.
      if (length < 16) return values.map(one)
      for (let i = 0; i < length; i++) values[i] = fraction()
      for (let start = 0; start + 16 <= length; start += 16) {
        const block = values.subarray(start, start + 16)
        toNormal(block, block)
      }
      if (length % 16) toNormal(values.subarray(length - 16).map(fraction), values.subarray(length - 16))
      return values
    },
  }
}

/** A seed for a call that names none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32)
}
