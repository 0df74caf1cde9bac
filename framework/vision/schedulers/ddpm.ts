/** Ho et al. 2020, “Denoising diffusion probabilistic models”: each step draws noise of the schedule's own variance. */

import { expected } from '#core/errors.ts'
import type { ConfigReader } from './config.ts'
import { noiseLevels } from './noise-levels.ts'
import { createClip, PREDICTIONS, predictedPicture, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { checkSteps, wholeTimesteps } from './spacing.ts'

const VARIANCES = ['fixed_small', 'fixed_small_log', 'fixed_large', 'learned', 'learned_range'] as const
/** Least variance, so that its logarithm is finite at the last step. */
const LEAST = 1e-20

export function ddpm(read: ConfigReader, { steps, timesteps: given }: SchedulerOptions): Scheduler {
  const levels = noiseLevels(read, { atZeroSnr: 0 })
  checkSteps(steps, levels.length)
  const timesteps = given ?? wholeTimesteps(read, 'leading', steps, levels.length)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const variance = read.choice('variance_type', 'fixed_small', VARIANCES)
  const clip = createClip(read, true)

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample, draw) {
      const timestep = timesteps[step] as number
      const before = timesteps[step + 1]
      const kept = levels[timestep] as number
      const keptBefore = before === undefined ? 1 : (levels[before] as number)
      const share = kept / keptBefore
      const lost = 1 - kept
      const picture = predictedPicture(prediction, output, sample, kept)
      clip(picture)

      const ofPicture = (Math.sqrt(keptBefore) * (1 - share)) / lost
      const ofSample = (Math.sqrt(share) * (1 - keptBefore)) / lost
      const next = picture.map((value, i) => ofPicture * value + ofSample * (sample[i] as number))
      if (timestep === 0) return next

      const small = Math.max(((1 - keptBefore) / lost) * (1 - share), LEAST)
      const deviation = deviations(variance, output, sample.length, small, 1 - share)
      const noise = draw()
      return next.map((value, i) => value + deviation(i) * (noise[i] as number))
    },
  }
}

/** Standard deviation of the noise for each value. */
function deviations(
  type: (typeof VARIANCES)[number],
  output: Float32Array,
  length: number,
  small: number,
  large: number,
): (index: number) => number {
  if (type === 'fixed_small' || type === 'fixed_small_log') return constant(Math.sqrt(small))
  if (type === 'fixed_large') return constant(Math.sqrt(large))
  if (output.length !== 2 * length)
    throw expected(
      'scheduler.variance_type',
      'a network that gives mean and variance',
      `${output.length / length} times the sample`,
    )
  if (type === 'learned') return (index) => Math.sqrt(output[length + index] as number)
  return (index) => {
    const part = ((output[length + index] as number) + 1) / 2
    return Math.exp(0.5 * (part * Math.log(large) + (1 - part) * Math.log(small)))
  }
}

const constant = (value: number) => () => value
