/**
 * How much of the picture is left at each training timestep: the cumulative product of 1 - beta.
 * Rounded to float32 where torch rounds, so that the levels are Python's to the last bit or nearly so.
 */

import { expected } from '#core/errors.ts'
import type { ConfigReader } from './config.ts'

const SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2', 'sigmoid', 'exp', 'laplace'] as const

export interface BetaDefaults {
  readonly start: number
  readonly end: number
  readonly schedule: (typeof SCHEDULES)[number]
}

/** Of most classes. */
const PLAIN_BETAS: BetaDefaults = { start: 0.0001, end: 0.02, schedule: 'linear' }
/** Of the consistency models. */
export const LATENT_BETAS: BetaDefaults = { start: 0.00085, end: 0.012, schedule: 'scaled_linear' }

/** Of Heun and KDPM2. */
export const SHORT_BETAS: BetaDefaults = { start: 0.00085, end: 0.012, schedule: 'linear' }

export interface LevelOptions {
  readonly betas?: BetaDefaults
  /**
   * What is left at the last timestep where `rescale_betas_zero_snr` asks for nothing: 0, or the 2^-24 of classes that
   * divide by it. Classes that do not know the entry leave this out.
   */
  readonly atZeroSnr?: number
}

/** `alphas_cumprod`: one value per training timestep, falling from nearly 1 to nearly 0. */
export function noiseLevels(read: ConfigReader, { betas: defaults = PLAIN_BETAS, atZeroSnr }: LevelOptions = {}) {
  const betas = betasOf(read, defaults)
  if (atZeroSnr === undefined || !read.flag('rescale_betas_zero_snr', false)) return cumulative(betas)
  const levels = cumulative(withoutSignalAtTheEnd(betas))
  levels[levels.length - 1] = atZeroSnr
  return levels
}

/** So little that it is as good as nothing, and its noise level still finite. */
export const RESIDUE = 2 ** -24

function betasOf(read: ConfigReader, defaults: BetaDefaults): Float32Array {
  const trained = read.numbers('trained_betas')
  if (trained) return Float32Array.from(trained)
  const count = read.number('num_train_timesteps', 1000)
  if (!Number.isInteger(count) || count < 2)
    throw expected('scheduler.num_train_timesteps', 'a whole number above 1', count)
  const start = read.number('beta_start', defaults.start)
  const end = read.number('beta_end', defaults.end)
  switch (read.choice('beta_schedule', defaults.schedule, SCHEDULES)) {
    case 'linear':
      return linspace(start, end, count)
    case 'scaled_linear':
      return linspace(start ** 0.5, end ** 0.5, count).map((root) => root * root)
    case 'sigmoid':
      return linspace(-6, 6, count).map((x) => (1 / (1 + Math.exp(-x))) * (end - start) + start)
    case 'squaredcos_cap_v2':
      return fromLevels(count, (time) => Math.cos(((time + 0.008) / 1.008) * (Math.PI / 2)) ** 2)
    case 'exp':
      return fromLevels(count, (time) => Math.exp(-12 * time))
    case 'laplace':
      return fromLevels(count, laplace)
  }
}

/** `torch.linspace` in float32, which counts from both ends towards the middle. */
function linspace(start: number, end: number, count: number): Float32Array {
  const first = Math.fround(start)
  const last = Math.fround(end)
  const step = Math.fround((last - first) / (count - 1))
  return Float32Array.from({ length: count }, (_, index) =>
    index < count / 2 ? first + Math.fround(step * index) : last - Math.fround(step * (count - 1 - index)),
  )
}

/** Nichol and Dhariwal 2021, section 3.2: from what is left at a time from 0 to 1. Beta is capped at 0.999. */
function fromLevels(count: number, left: (time: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) =>
    Math.min(1 - left((index + 1) / count) / left(index / count), 0.999),
  )
}

function laplace(time: number): number {
  const way = 0.5 - time
  const signalToNoise = Math.exp(-0.5 * (way < 0 ? -1 : 1) * Math.log(1 - 2 * Math.abs(way) + 1e-6))
  return Math.sqrt(signalToNoise / (1 + signalToNoise))
}

function cumulative(betas: Float32Array): Float32Array {
  let product = 1
  return betas.map((beta) => {
    product *= Math.fround(1 - beta)
    return product
  })
}

/** Lin et al. 2023, algorithm 1: the last timestep is pure noise. */
function withoutSignalAtTheEnd(betas: Float32Array): Float32Array {
  const roots = cumulative(betas).map(Math.sqrt)
  const first = roots[0] as number
  const last = roots.at(-1) as number
  const bars = roots.map((root) => (Math.fround(root - last) * Math.fround(first / Math.fround(first - last))) ** 2)
  return bars.map((bar, index) => 1 - (index === 0 ? bar : bar / (bars[index - 1] as number)))
}
