/** Karras et al. 2022 after DPM-Solver-2: a step along the derivative in its middle; the ancestral kind adds noise. */

import type { ConfigReader } from './config.ts'
import { ancestralStep, type StepSize } from './euler.ts'
import { noiseLevels, SHORT_BETAS } from './noise-levels.ts'
import { blend, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import {
  denoisedAt,
  derivativeAt,
  planSigmas,
  readSpacing,
  scaledBySigma,
  startingSigma,
  timestepFinder,
  trainedSigmas,
} from './sigmas.ts'
import { checkSteps } from './spacing.ts'

const round = Math.fround

export const kdpm2 = (read: ConfigReader, options: SchedulerOptions) => throughTheMiddle(read, options, false)
export const kdpm2Ancestral = (read: ConfigReader, options: SchedulerOptions) => throughTheMiddle(read, options, true)

function throughTheMiddle(read: ConfigReader, { steps }: SchedulerOptions, ancestral: boolean): Scheduler {
  const trained = trainedSigmas(noiseLevels(read, { betas: SHORT_BETAS }))
  checkSteps(steps, trained.length)
  const prediction = read.choice('prediction_type', 'epsilon', ['epsilon', 'v_prediction'])
  const { timesteps, sigmas } = planSigmas(read, trained, { steps, wholeKarras: true })
  const sizes = timesteps.map((_, step): StepSize => {
    const next = sigmas[step + 1] as number
    return ancestral ? ancestralStep(sigmas[step] as number, next) : { down: next, up: 0 }
  })
  // Halfway in the logarithm. The last step goes to nothing, which has no middle.
  const middles = sizes.slice(0, -1).map(({ down }, step) => halfway(sigmas[step] as number, down))
  const between = middles.map(timestepFinder(trained)).map(round)
  let start: Float32Array = new Float32Array()

  return {
    timesteps: timesteps.flatMap((timestep, step) => [timestep, ...between.slice(step, step + 1)]),
    initNoiseSigma: startingSigma(readSpacing(read), sigmas),
    scaleInput(sample, visit) {
      const sigma = (visit % 2 === 0 ? sigmas : middles)[visit >> 1] as number
      return scaledBySigma(sample, sigma)
    },
    step(output, visit, sample, draw) {
      const step = visit >> 1
      const sigma = sigmas[step] as number
      const middle = middles[step]
      const { down, up } = sizes[step] as StepSize
      if (visit % 2 === 0) {
        start = sample
        const derivative = derivativeAt(sample, denoisedAt(prediction, output, sample, sigma), sigma)
        return blend([1, sample], [round((middle ?? down) - sigma), derivative])
      }
      const derivative = derivativeAt(
        sample,
        denoisedAt(prediction, output, sample, middle as number),
        middle as number,
      )
      const next = blend([1, start], [round(down - sigma), derivative])
      return ancestral ? blend([1, next], [up, draw()]) : next
    },
  }
}

function halfway(a: number, b: number): number {
  const [first, second] = [round(Math.log(a)), round(Math.log(b))]
  return round(Math.exp(round(first + 0.5 * round(second - first))))
}
