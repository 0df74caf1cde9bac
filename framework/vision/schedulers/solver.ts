/** What the exponential integrators share: DPM-Solver, DEIS and UniPC step in the logarithm of the signal-to-noise ratio. */

import { expected } from '#core/errors.ts'
import { roundHalfEven } from '../rounding.ts'
import type { ConfigReader } from './config.ts'
import { type RampName, readRamp } from './ramps.ts'
import { blend, type Prediction } from './scheduler.ts'
import { type Plan, readSpacing, sigmaAt, timestepFinder } from './sigmas.ts'
import { type Spacing, spread, trailingTimesteps } from './spacing.ts'

const round = Math.fround

/** A noise level: the share of the picture, that of the noise, and the logarithm of their ratio. */
export interface Level {
  readonly alpha: number
  readonly sigma: number
  readonly lambda: number
}

export function levelOf(sigma: number): Level {
  const alpha = round(1 / round(Math.sqrt(round(round(sigma * sigma) + 1))))
  const noise = round(sigma * alpha)
  return { alpha, sigma: noise, lambda: round(round(Math.log(alpha)) - round(Math.log(noise))) }
}

export interface SolverPlanOptions {
  readonly steps: number
  /** Those to visit, where a call says which. */
  readonly timesteps?: readonly number[] | undefined
  readonly ramps: readonly RampName[]
  /** Whether the timesteps of this ramp are rounded; those of the others are cut off. */
  readonly rounds: (ramp: RampName) => boolean
  /** After the last step, from the lowest sigma of the ramp or of the training. */
  readonly end: (least: number, ramped: boolean) => number
  /** How many training timesteps are visited at most. */
  readonly visited?: number
  /** Where the configuration has no say in it. */
  readonly spacing?: Spacing
}

/** Whole timesteps; a ramp goes between the sigmas of all the training timesteps. */
export function planSolver(read: ConfigReader, trained: Float32Array, options: SolverPlanOptions): Plan {
  const { steps, visited = trained.length, end } = options
  const ramp = readRamp(read, options.ramps)
  if (ramp && options.timesteps) throw expected(`scheduler.${ramp.name}`, 'false where timesteps are given', true)
  const first = trained[0] as number
  if (!ramp) {
    const timesteps =
      options.timesteps ?? wholeSteps(read, options.spacing ?? readSpacing(read), steps, trained.length, visited)
    const sigmas = timesteps.map((timestep) => sigmaAt(trained, timestep))
    return { timesteps, sigmas: Float32Array.of(...sigmas, end(first, false)) }
  }
  const bounded = ramp.name !== 'use_lu_lambdas'
  const most = bounded ? read.number('sigma_max', trained.at(-1) as number) : (trained.at(-1) as number)
  const least = bounded ? read.number('sigma_min', first) : first
  const sigmas = ramp.sigmas(most, least, steps)
  const whole = options.rounds(ramp.name) ? roundHalfEven : Math.trunc
  const timesteps = sigmas.map(timestepFinder(trained)).map(whole)
  return { timesteps, sigmas: Float32Array.of(...sigmas, end(sigmas.at(-1) as number, true)) }
}

/** One step more than asked for, of which the last, at no noise, is left out. */
function wholeSteps(read: ConfigReader, spacing: Spacing, steps: number, trained: number, visited: number): number[] {
  if (spacing === 'trailing') return trailingTimesteps(steps, trained, visited)
  const even = spread(0, visited - 1, steps + 1)
  const stride = Math.floor(visited / (steps + 1))
  const offset = read.number('steps_offset', 0)
  const points = spacing === 'linspace' ? even.map(roundHalfEven) : even.map((_, index) => index * stride + offset)
  return points.slice(1).reverse()
}

/** Where steps end: `final_sigmas_type`. */
export const readEnd = (read: ConfigReader) => read.choice('final_sigmas_type', 'zero', ['zero', 'sigma_min'])

/** @throws SpaceError `invalid-value` for the entries of models that are trained by flow matching. */
export function refuseFlow(read: ConfigReader): void {
  read.refuse('use_flow_sigmas', 'use_dynamic_shifting', 'shift_terminal')
}

export function readOrder(read: ConfigReader): number {
  const order = read.number('solver_order', 2)
  if (order === 1 || order === 2 || order === 3) return order
  throw expected('scheduler.solver_order', '1, 2 or 3', order)
}

/** The picture that an output means at a noise level. */
export function pictureAt(prediction: Prediction, output: Float32Array, sample: Float32Array, level: Level) {
  const { alpha, sigma } = level
  if (prediction === 'sample') return output.slice(0, sample.length)
  if (prediction === 'v_prediction') return blend([alpha, sample], [-sigma, output])
  return sample.map((x, i) => round(x - round(sigma * (output[i] as number))) / alpha)
}

/** The noise that an output means at a noise level. */
export function noiseAt(prediction: Prediction, output: Float32Array, sample: Float32Array, level: Level) {
  const { alpha, sigma } = level
  if (prediction === 'epsilon') return output.slice(0, sample.length)
  if (prediction === 'v_prediction') return blend([sigma, sample], [alpha, output])
  return noiseBeside(sample, output, level)
}

/** What of a sample is noise when this of it is picture. */
export function noiseBeside(sample: Float32Array, picture: Float32Array, { alpha, sigma }: Level): Float32Array {
  return sample.map((x, i) => round(x - round(alpha * (picture[i] as number))) / sigma)
}
