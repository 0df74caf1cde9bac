/**
 * Noise levels as k-diffusion counts them: sigma is the spread of the noise over a picture left at its full strength.
 * Every number is rounded where torch and NumPy round, since a step multiplies the difference of two of them.
 */

import { expected } from '#core/errors.ts'
import { roundHalfEven } from '../rounding.ts'
import type { ConfigReader } from './config.ts'
import { readRamp } from './ramps.ts'
import type { Prediction } from './scheduler.ts'
import { SPACINGS, type Spacing, spacedTimesteps } from './spacing.ts'

const round = Math.fround

/** Timesteps to visit, and the sigma of each with that after the last step. */
export interface Plan {
  readonly timesteps: readonly number[]
  readonly sigmas: Float32Array
}

/** Sigma at each training timestep, rising. */
export function trainedSigmas(levels: Float32Array): Float32Array {
  return levels.map((kept) => Math.sqrt(round(round(1 - kept) / kept)))
}

/** Sigma at a training timestep that may have a fraction. */
export function sigmaAt(trained: Float32Array, timestep: number): number {
  const low = Math.min(Math.max(Math.floor(timestep), 0), trained.length - 1)
  const high = Math.min(low + 1, trained.length - 1)
  const a = trained[low] as number
  return a + ((trained[high] as number) - a) * Math.max(0, timestep - low)
}

/** The other way round: the training timestep, with a fraction, of a sigma; between two in the logarithm. */
export function timestepFinder(trained: Float32Array): (sigma: number) => number {
  const logs = trained.map(Math.log)
  return (sigma) => {
    const wanted = Math.log(Math.max(sigma, 1e-10))
    let low = 0
    while (low < logs.length - 2 && (logs[low + 1] as number) <= wanted) low++
    const a = logs[low] as number
    const part = Math.min(1, Math.max(0, (a - wanted) / round(a - (logs[low + 1] as number))))
    return (1 - part) * low + part * (low + 1)
  }
}

export interface PlanOptions {
  readonly steps: number
  /** Those to visit, where a call says which. */
  readonly timesteps?: readonly number[] | undefined
  /** Whether the timesteps of Karras's ramp are rounded to whole ones. */
  readonly wholeKarras?: boolean
  /** Whether the configuration may ask for a ramp at all. */
  readonly ramps?: boolean
  /** The sigmas between the ends, where not those of the timesteps. */
  readonly between?: readonly number[] | null
  /** After the last step. Default 0. */
  readonly end?: number
}

export const readSpacing = (read: ConfigReader): Spacing => read.choice('timestep_spacing', 'linspace', SPACINGS)

/** The plan of the schedulers that come from k-diffusion: a ramp goes between the sigmas of the timesteps visited. */
export function planSigmas(
  read: ConfigReader,
  trained: Float32Array,
  { steps, timesteps: asked, wholeKarras = false, ramps = true, between: given = null, end = 0 }: PlanOptions,
): Plan {
  const spacing = readSpacing(read)
  const offset = read.number('steps_offset', 0)
  const rounded = spacing === 'linspace' ? round : roundHalfEven
  const spaced = asked ?? spacedTimesteps(spacing, steps, trained.length, offset).map(rounded)
  const between = given ?? spaced.map((timestep) => sigmaAt(trained, timestep))
  const ramp = ramps ? readRamp(read) : null
  if (ramp && asked) throw expected(`scheduler.${ramp.name}`, 'false where timesteps are given', true)
  if (!ramp) return { timesteps: spaced, sigmas: Float32Array.of(...between, end) }
  const most = read.number('sigma_max', between[0] as number)
  const least = read.number('sigma_min', between.at(-1) as number)
  const sigmas = ramp.sigmas(most, least, steps)
  const whole = wholeKarras && ramp.name === 'use_karras_sigmas'
  const timesteps = sigmas.map(timestepFinder(trained)).map(whole ? roundHalfEven : round)
  return { timesteps, sigmas: Float32Array.of(...sigmas, end) }
}

/** What unit noise is multiplied with before the first step. */
export function startingSigma(spacing: Spacing, sigmas: Float32Array): number {
  const most = Math.max(...sigmas)
  return spacing === 'leading' ? round(Math.sqrt(round(round(most * most) + 1))) : most
}

/** What a network is shown of a sample: scaled to unit variance. */
export function scaledBySigma(sample: Float32Array, sigma: number): Float32Array {
  const scale = spreadWithPicture(sigma)
  return sample.map((value) => value / scale)
}

const spreadWithPicture = (sigma: number) => round(Math.sqrt(round(round(sigma * sigma) + 1)))

/** The picture that an output means. */
export function denoisedAt(
  prediction: Prediction,
  output: Float32Array,
  sample: Float32Array,
  sigma: number,
): Float32Array {
  if (prediction === 'sample') return output.slice(0, sample.length)
  if (prediction === 'epsilon') return sample.map((x, i) => x - round(sigma * (output[i] as number)))
  const ofOutput = round(-sigma / spreadWithPicture(sigma))
  const ofSample = round(round(sigma * sigma) + 1)
  return sample.map((x, i) => round(ofOutput * (output[i] as number)) + round(x / ofSample))
}

/** The direction in which the sample moves as sigma falls. */
export function derivativeAt(sample: Float32Array, picture: Float32Array, sigma: number): Float32Array {
  return sample.map((x, i) => round(x - (picture[i] as number)) / sigma)
}
