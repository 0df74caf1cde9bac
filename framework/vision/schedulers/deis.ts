/** Zhang and Chen 2022, “Fast sampling of diffusion models with exponential integrator”, over the logarithm of rho. */

import type { ConfigReader } from './config.ts'
import { kernel } from './dpm-kernel.ts'
import { noiseLevels } from './noise-levels.ts'
import { COMMON_RAMPS } from './ramps.ts'
import { blend, createThreshold, PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { trainedSigmas } from './sigmas.ts'
import { type Level, levelOf, noiseBeside, pictureAt, planSolver, readOrder, refuseFlow } from './solver.ts'
import { checkSteps } from './spacing.ts'

const round = Math.fround

export function deis(read: ConfigReader, { steps }: SchedulerOptions): Scheduler {
  refuseFlow(read)
  const trained = trainedSigmas(noiseLevels(read))
  checkSteps(steps, trained.length)
  const { timesteps, sigmas } = planSolver(read, trained, {
    steps,
    ramps: COMMON_RAMPS,
    rounds: (ramp) => ramp === 'use_karras_sigmas',
    end: (least) => least,
  })
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const order = readOrder(read)
  const few = read.flag('lower_order_final', true) && timesteps.length < 15
  const threshold = createThreshold(read)
  const levels = [...sigmas].map(levelOf)
  const noises: Float32Array[] = []

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample) {
      const from = levels[step] as Level
      const to = levels[step + 1] as Level
      const picture = pictureAt(prediction, output, sample, from)
      threshold?.(picture)
      noises.unshift(noiseBeside(sample, picture, from))
      noises.length = Math.min(noises.length, order)
      const used = Math.min(noises.length, few ? timesteps.length - step : order)
      if (used === 1) {
        const { keep, value } = kernel('dpmsolver', from, to)
        return blend([keep, sample], [value, noises[0] as Float32Array])
      }
      const places = Array.from({ length: used }, (_, back) => rho(levels[step - back] as Level))
      const weights = places.map((_, which) => to.alpha * integral(places, which, rho(from), rho(to)))
      const terms = weights.map((weight, back) => [weight, noises[back] as Float32Array] as const)
      return blend([to.alpha / from.alpha, sample], ...terms)
    },
  }
}

const rho = ({ alpha, sigma }: Level): number => round(sigma / alpha)

/** Of the polynomial in ln(rho) that is 1 at one of the places and 0 at the one or two others. */
function integral(places: readonly number[], which: number, from: number, to: number): number {
  const own = Math.log(places[which] as number)
  const [c = 0, d] = places.filter((_, i) => i !== which).map(Math.log)
  const until = (x: number) => {
    const t = Math.log(x)
    if (d === undefined) return (x * (t - 1 - c)) / (own - c)
    return (x * (c * d + (c + d) * (1 - t) + t * t - 2 * t + 2)) / ((own - c) * (own - d))
  }
  return until(to) - until(from)
}
