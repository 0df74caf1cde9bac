/** A linear multistep method over the last four derivatives (k-diffusion's “LMS”): their polynomial is integrated exactly. */

import type { ConfigReader } from './config.ts'
import { noiseLevels } from './noise-levels.ts'
import { blend, PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
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

const MOST_DERIVATIVES = 4

export function lms(read: ConfigReader, { steps }: SchedulerOptions): Scheduler {
  const trained = trainedSigmas(noiseLevels(read))
  checkSteps(steps, trained.length)
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const { timesteps, sigmas } = planSigmas(read, trained, { steps })
  const derivatives: Float32Array[] = []

  return {
    timesteps,
    initNoiseSigma: startingSigma(readSpacing(read), sigmas),
    scaleInput: (sample, step) => scaledBySigma(sample, sigmas[step] as number),
    step(output, step, sample) {
      const sigma = sigmas[step] as number
      derivatives.unshift(derivativeAt(sample, denoisedAt(prediction, output, sample, sigma), sigma))
      derivatives.length = Math.min(derivatives.length, MOST_DERIVATIVES)
      const places = derivatives.map((_, back) => sigmas[step - back] as number)
      const weights = derivatives.map((_, which) => integral(places, which, sigma, sigmas[step + 1] as number))
      return blend([1, sample], ...derivatives.map((values, i) => [weights[i] as number, values] as const))
    },
  }
}

/** Gauss's three points, exact for polynomials up to the fifth power. */
const POINTS = [
  [-Math.sqrt(0.6), 5 / 9],
  [0, 8 / 9],
  [Math.sqrt(0.6), 5 / 9],
] as const

/** Of Lagrange's polynomial that is 1 at one of the places and 0 at the others. */
function integral(places: readonly number[], which: number, from: number, to: number): number {
  const own = places[which] as number
  const half = (to - from) / 2
  const value = (x: number) =>
    places.reduce((product, place, i) => (i === which ? product : (product * (x - place)) / (own - place)), 1)
  return half * POINTS.reduce((sum, [place, weight]) => sum + weight * value((from + to) / 2 + half * place), 0)
}
