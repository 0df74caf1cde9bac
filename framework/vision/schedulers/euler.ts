/** Karras et al. 2022, algorithm 2 without churn: a step along the derivative at each noise level sigma. */

import { expected } from '#core/errors.ts'
import { roundHalfEven } from '../rounding.ts'
import type { ConfigReader } from './config.ts'
import { noiseLevels } from './noise-levels.ts'
import { PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { checkSteps, SPACINGS, spacedTimesteps, spread } from './spacing.ts'

/** Exponent of Karras's ramp. */
const RHO = 7

export function euler(read: ConfigReader, { steps }: SchedulerOptions): Scheduler {
  read.refuse('use_beta_sigmas')
  const levels = noiseLevels(read)
  if (read.flag('rescale_betas_zero_snr', false)) levels[levels.length - 1] = 2 ** -24 // its sigma would be infinite
  checkSteps(steps, levels.length)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const spacing = read.choice('timestep_spacing', 'linspace', SPACINGS)
  const trained = levels.map((kept) => Math.sqrt((1 - kept) / kept))
  const { timesteps, sigmas } = plan(read, trained, spacing, steps)
  const most = Math.max(...sigmas)

  return {
    timesteps,
    initNoiseSigma: spacing === 'leading' ? Math.sqrt(most ** 2 + 1) : most,
    scaleInput(sample, step) {
      const scale = Math.sqrt((sigmas[step] as number) ** 2 + 1)
      return sample.map((value) => value / scale)
    },
    step(output, step, sample) {
      const sigma = sigmas[step] as number
      const way = (sigmas[step + 1] as number) - sigma
      const spreadOut = sigma ** 2 + 1
      return sample.map((x, i) => {
        const y = output[i] as number
        const picture =
          prediction === 'epsilon'
            ? x - sigma * y
            : prediction === 'sample'
              ? y
              : (y * -sigma) / Math.sqrt(spreadOut) + x / spreadOut
        return x + ((x - picture) / sigma) * way
      })
    },
  }
}

/** Sigmas have one entry more than timesteps: the level after the last step. */
function plan(read: ConfigReader, trained: Float32Array, spacing: (typeof SPACINGS)[number], steps: number) {
  const spaced = spacedTimesteps(spacing, steps, trained.length, read.number('steps_offset', 0)).map(
    spacing === 'linspace' ? Math.fround : roundHalfEven,
  )
  const karras = read.flag('use_karras_sigmas', false)
  const exponential = read.flag('use_exponential_sigmas', false)
  const logarithmic = read.choice('interpolation_type', 'linear', ['linear', 'log_linear']) === 'log_linear'
  const end = read.choice('final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero' ? 0 : (trained[0] as number)
  if (karras && exponential)
    throw expected('scheduler.use_karras_sigmas', 'one of use_karras_sigmas and use_exponential_sigmas', 'both')

  const between = logarithmic
    ? spread(Math.log(trained.at(-1) as number), Math.log(trained[0] as number), steps + 1)
        .slice(0, -1)
        .map(Math.exp)
    : spaced.map((timestep) => interpolated(trained, timestep))
  const ends = [
    read.number('sigma_max', between[0] as number),
    read.number('sigma_min', between.at(-1) as number),
  ] as const
  const sigmas = karras ? karrasSigmas(...ends, steps) : exponential ? exponentialSigmas(...ends, steps) : between
  return {
    timesteps: karras || exponential ? sigmas.map((sigma) => timestepOf(trained, sigma)) : spaced,
    sigmas: Float32Array.from([...sigmas, end]),
  }
}

function interpolated(values: Float32Array, place: number): number {
  const low = Math.min(Math.max(Math.floor(place), 0), values.length - 1)
  const high = Math.min(low + 1, values.length - 1)
  const a = values[low] as number
  return a + ((values[high] as number) - a) * (place - low)
}

function karrasSigmas(most: number, least: number, steps: number): number[] {
  const high = most ** (1 / RHO)
  const low = least ** (1 / RHO)
  return spread(0, 1, steps).map((part) => (high + part * (low - high)) ** RHO)
}

function exponentialSigmas(most: number, least: number, steps: number): number[] {
  return spread(Math.log(most), Math.log(least), steps).map(Math.exp)
}

/** The training timestep, with a fraction, whose noise level is sigma; between two in the logarithm. */
function timestepOf(trained: Float32Array, sigma: number): number {
  const wanted = Math.log(Math.max(sigma, 1e-10))
  let low = 0
  while (low < trained.length - 2 && Math.log(trained[low + 1] as number) <= wanted) low++
  const a = Math.log(trained[low] as number)
  const b = Math.log(trained[low + 1] as number)
  return Math.fround(low + Math.min(1, Math.max(0, (a - wanted) / (a - b))))
}
