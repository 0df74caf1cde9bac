/** Song et al. 2020, “Denoising diffusion implicit models”: the same network, fewer steps, no noise unless `eta` asks. */

import type { ConfigReader } from './config.ts'
import { noiseLevels } from './noise-levels.ts'
import {
  createClip,
  PREDICTIONS,
  predictedNoise,
  predictedPicture,
  type Scheduler,
  type SchedulerOptions,
} from './scheduler.ts'
import { checkSteps, wholeTimesteps } from './spacing.ts'

export function ddim(read: ConfigReader, { steps, eta = 0 }: SchedulerOptions): Scheduler {
  const levels = noiseLevels(read, { atZeroSnr: 0 })
  checkSteps(steps, levels.length)
  const timesteps = wholeTimesteps(read, 'leading', steps, levels.length)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const clip = createClip(read, true)
  const stride = Math.floor(levels.length / steps)
  const last = read.flag('set_alpha_to_one', true) ? 1 : (levels[0] as number)

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample, draw) {
      const timestep = timesteps[step] as number
      const before = timestep - stride
      const kept = levels[timestep] as number
      const keptBefore = before >= 0 ? (levels[before] as number) : last
      const picture = predictedPicture(prediction, output, sample, kept)
      // From the picture before it is clipped, as diffusers does by default.
      const noise = predictedNoise(prediction, output, sample, picture, kept)
      clip(picture)

      const variance = ((1 - keptBefore) / (1 - kept)) * (1 - kept / keptBefore)
      const deviation = eta * Math.sqrt(variance)
      const ofPicture = Math.sqrt(keptBefore)
      const ofNoise = Math.sqrt(1 - keptBefore - deviation ** 2)
      const next = picture.map((value, i) => ofPicture * value + ofNoise * (noise[i] as number))
      if (eta <= 0) return next
      const fresh = draw()
      return next.map((value, i) => value + deviation * (fresh[i] as number))
    },
  }
}
