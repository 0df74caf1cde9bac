/** Zheng et al. 2024, “Trajectory consistency distillation”: each step goes past the next level by `eta`, and noise comes back. */

import { expected } from '#core/errors.ts'
import type { ConfigReader } from './config.ts'
import { distilledTimesteps } from './lcm.ts'
import { LATENT_BETAS, noiseLevels } from './noise-levels.ts'
import {
  blend,
  PREDICTIONS,
  predictedNoise,
  predictedPicture,
  type Scheduler,
  type SchedulerOptions,
} from './scheduler.ts'
import { checkSteps } from './spacing.ts'

export function tcd(read: ConfigReader, { steps, eta = 0, timesteps: given }: SchedulerOptions): Scheduler {
  if (eta > 1) throw expected('eta', 'at most 1 for TCDScheduler', eta)
  const levels = noiseLevels(read, { betas: LATENT_BETAS, atZeroSnr: 0 })
  checkSteps(steps, levels.length)
  const timesteps = given ?? distilledTimesteps(levels.length, read.number('original_inference_steps', 50), steps)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample, draw) {
      const kept = levels[timesteps[step] as number] as number
      const before = timesteps[step + 1] ?? 0
      const keptBefore = levels[before] as number
      const keptPast = levels[Math.floor((1 - eta) * before)] as number
      const picture = predictedPicture(prediction, output, sample, kept)
      const noise = predictedNoise(prediction, output, sample, picture, kept)
      const past = blend([Math.sqrt(keptPast), picture], [Math.sqrt(1 - keptPast), noise])
      if (eta === 0 || step === timesteps.length - 1) return past
      const share = keptBefore / keptPast
      return blend([Math.sqrt(share), past], [Math.sqrt(1 - share), draw()])
    },
  }
}
