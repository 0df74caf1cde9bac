/** Luo et al. 2023, “Latent consistency models”: each step goes all the way to the picture and back to less noise. */

import { expected } from '#core/errors.ts'
import type { ConfigReader } from './config.ts'
import { LATENT_BETAS, noiseLevels } from './noise-levels.ts'
import { createClip, PREDICTIONS, predictedPicture, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { checkSteps } from './spacing.ts'

/** Standard deviation of the data that the boundary condition is written for. */
const SIGMA_DATA = 0.5

export function lcm(read: ConfigReader, { steps, timesteps: given }: SchedulerOptions): Scheduler {
  const levels = noiseLevels(read, { betas: LATENT_BETAS, atZeroSnr: 0 })
  checkSteps(steps, levels.length)
  const timesteps = given ?? distilledTimesteps(levels.length, read.number('original_inference_steps', 50), steps)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const scaling = read.number('timestep_scaling', 10)
  const clip = createClip(read, false)

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample, draw) {
      const timestep = timesteps[step] as number
      const kept = levels[timestep] as number
      const scaled = timestep * scaling
      const skip = SIGMA_DATA ** 2 / (scaled ** 2 + SIGMA_DATA ** 2)
      const through = scaled / Math.sqrt(scaled ** 2 + SIGMA_DATA ** 2)
      const picture = predictedPicture(prediction, output, sample, kept)
      clip(picture)
      const denoised = picture.map((value, i) => through * value + skip * (sample[i] as number))
      const next = timesteps[step + 1]
      if (next === undefined) return denoised

      const keptNext = levels[next] as number
      const signal = Math.sqrt(keptNext)
      const lost = Math.sqrt(1 - keptNext)
      const noise = draw()
      return denoised.map((value, i) => signal * value + lost * (noise[i] as number))
    },
  }
}

/** The timesteps that the distillation was done on, thinned evenly from the noisy end. */
export function distilledTimesteps(trained: number, original: number, steps: number): number[] {
  if (steps > original)
    throw expected('num_inference_steps', `at most ${original}, the steps that this model was distilled on`, steps)
  const stride = Math.floor(trained / original)
  return Array.from({ length: steps }, (_, index) => {
    const place = Math.floor((original / steps) * index)
    return (original - place) * stride - 1
  })
}
