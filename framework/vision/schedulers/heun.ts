/** Karras et al. 2022, algorithm 1 without churn: each step is done again with the mean of the derivatives at its ends. */

import type { ConfigReader } from './config.ts'
import { noiseLevels, SHORT_BETAS } from './noise-levels.ts'
import { blend, createClip, PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import {
  denoisedAt,
  derivativeAt,
  planSigmas,
  readSpacing,
  scaledBySigma,
  startingSigma,
  trainedSigmas,
} from './sigmas.ts'
import { checkSteps } from './spacing.ts'

export function heun(read: ConfigReader, { steps, timesteps: asked }: SchedulerOptions): Scheduler {
  const trained = trainedSigmas(noiseLevels(read, { betas: SHORT_BETAS }))
  checkSteps(steps, trained.length)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const clip = createClip(read, false)
  const { timesteps, sigmas } = planSigmas(read, trained, { steps, timesteps: asked })
  // The network is asked at both ends of every step but the last.
  const visits = timesteps.flatMap((_, step) => (step === 0 ? [0] : [step, step]))
  let start: Float32Array = new Float32Array()
  let first: Float32Array = new Float32Array()

  return {
    timesteps: visits.map((step) => timesteps[step] as number),
    initNoiseSigma: startingSigma(readSpacing(read), sigmas),
    scaleInput: (sample, visit) => scaledBySigma(sample, sigmas[visits[visit] as number] as number),
    step(output, visit, sample) {
      const step = visits[visit] as number
      const sigma = sigmas[step] as number
      const picture = denoisedAt(prediction, output, sample, sigma)
      clip(picture)
      const derivative = derivativeAt(sample, picture, sigma)
      if (visit % 2 === 0) {
        start = sample
        first = derivative
        return blend([1, sample], [Math.fround((sigmas[step + 1] as number) - sigma), derivative])
      }
      const way = Math.fround(sigma - (sigmas[step - 1] as number))
      return blend([1, start], [way / 2, first], [way / 2, derivative])
    },
  }
}
