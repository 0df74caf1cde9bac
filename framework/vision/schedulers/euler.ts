/**
 * Karras et al. 2022, algorithm 2 without churn: a step along the derivative at each noise level sigma. The ancestral
 * kind goes further than it should and adds noise to come back to the level.
 */

import type { ConfigReader } from './config.ts'
import { noiseLevels, RESIDUE } from './noise-levels.ts'
import { blend, PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import {
  denoisedAt,
  derivativeAt,
  type Plan,
  planSigmas,
  readSpacing,
  scaledBySigma,
  startingSigma,
  timestepFinder,
  trainedSigmas,
} from './sigmas.ts'
import { checkSteps, spread } from './spacing.ts'

const round = Math.fround

export function euler(read: ConfigReader, { steps, timesteps, sigmas }: SchedulerOptions): Scheduler {
  const trained = trainedSigmas(noiseLevels(read, { atZeroSnr: RESIDUE }))
  checkSteps(steps, trained.length)
  if (sigmas) return alongDerivative(read, continuous(read, planGiven(trained, sigmas)), null)
  const end = read.choice('final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero' ? 0 : (trained[0] as number)
  const logarithmic = read.choice('interpolation_type', 'linear', ['linear', 'log_linear']) === 'log_linear'
  const between = logarithmic ? logarithmicSigmas(trained, steps) : null
  const plan = continuous(read, planSigmas(read, trained, { steps, timesteps, between, end }))
  return alongDerivative(read, plan, null)
}

export function eulerAncestral(read: ConfigReader, { steps }: SchedulerOptions): Scheduler {
  const trained = trainedSigmas(noiseLevels(read, { atZeroSnr: RESIDUE }))
  checkSteps(steps, trained.length)
  return alongDerivative(read, planSigmas(read, trained, { steps, ramps: false }), ancestralStep)
}

/** How far down a step goes, and how much noise it adds. */
export interface StepSize {
  readonly down: number
  readonly up: number
}

/** So that noise of variance up² on top of level down makes the level `next`. */
export function ancestralStep(sigma: number, next: number): StepSize {
  const [from, to] = [round(sigma * sigma), round(next * next)]
  const up = round(Math.sqrt(round(round(to * round(from - to)) / from)))
  return { up, down: round(Math.sqrt(round(to - round(up * up)))) }
}

function alongDerivative(
  read: ConfigReader,
  { timesteps, sigmas }: Plan,
  size: ((sigma: number, next: number) => StepSize) | null,
): Scheduler {
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  return {
    timesteps,
    initNoiseSigma: startingSigma(readSpacing(read), sigmas),
    scaleInput: (sample, step) => scaledBySigma(sample, sigmas[step] as number),
    step(output, step, sample, draw) {
      const sigma = sigmas[step] as number
      const following = sigmas[step + 1] as number
      const { down, up } = size?.(sigma, following) ?? { down: following, up: 0 }
      const derivative = derivativeAt(sample, denoisedAt(prediction, output, sample, sigma), sigma)
      const next = blend([1, sample], [round(down - sigma), derivative])
      return size ? blend([1, next], [up, draw()]) : next
    },
  }
}

function planGiven(trained: Float32Array, sigmas: readonly number[]): Plan {
  const timesteps = sigmas.slice(0, -1).map(round).map(timestepFinder(trained)).map(round)
  return { timesteps, sigmas: Float32Array.from(sigmas) }
}

/** One more than steps: diffusers ends them a step before the last. */
function logarithmicSigmas(trained: Float32Array, steps: number): number[] {
  const ends = [trained.at(-1) as number, trained[0] as number].map((sigma) => round(Math.log(sigma)))
  return spread(ends[0] as number, ends[1] as number, steps + 1).map((value) => round(Math.exp(round(value))))
}

/** Networks trained on sigma itself are told a quarter of its logarithm. */
function continuous(read: ConfigReader, plan: Plan): Plan {
  const type = read.choice('timestep_type', 'discrete', ['discrete', 'continuous'])
  if (type === 'discrete' || read.choice('prediction_type', 'epsilon', PREDICTIONS) !== 'v_prediction') return plan
  const timesteps = plan.timesteps.map((_, step) => round(0.25 * round(Math.log(plan.sigmas[step] as number))))
  return { ...plan, timesteps }
}
