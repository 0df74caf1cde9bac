/**
 * Zhao et al. 2023, “UniPC”: a multistep predictor, whose result is corrected at the next step by the network's answer
 * there, so that it costs no evaluation more.
 */

import { expected } from '#core/errors.ts'
import { solveLinear } from '../linear.ts'
import type { ConfigReader } from './config.ts'
import { noiseLevels, RESIDUE } from './noise-levels.ts'
import { COMMON_RAMPS } from './ramps.ts'
import { blend, createThreshold, PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { trainedSigmas } from './sigmas.ts'
import { type Level, levelOf, noiseAt, pictureAt, planSolver, readEnd, readOrder, refuseFlow } from './solver.ts'
import { checkSteps } from './spacing.ts'

type Values = Float32Array

const round = Math.fround

export function unipc(read: ConfigReader, { steps }: SchedulerOptions): Scheduler {
  refuseFlow(read)
  const trained = trainedSigmas(noiseLevels(read, { atZeroSnr: RESIDUE }))
  checkSteps(steps, trained.length)
  const toZero = readEnd(read) === 'zero'
  const { timesteps, sigmas } = planSolver(read, trained, {
    steps,
    ramps: COMMON_RAMPS,
    rounds: (ramp) => ramp === 'use_karras_sigmas',
    end: (least) => (toZero ? 0 : least),
  })
  const lowerAtEnd = read.flag('lower_order_final', true)
  const most = readOrder(read)
  const kept = read.numbers('disable_corrector') ?? []
  const asPicture = read.flag('predict_x0', true)
  if (!asPicture && toZero)
    throw expected('scheduler.final_sigmas_type', '“sigma_min” where predict_x0 is false', 'zero')
  const convert = converter(read, asPicture)
  const solve = createSolver(read, asPicture)
  const levels = [...sigmas].map(levelOf)
  const outputs: Values[] = []
  let start: Values | null = null
  let order = 0

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample) {
      const answer = convert(output, sample, levels[step] as Level)
      const from = (back: number) => levels[step - back] as Level
      const corrected =
        start && !kept.includes(step - 1)
          ? solve(start, outputs, [from(1), from(2), from(3)].slice(0, order), from(0), answer)
          : sample
      outputs.unshift(answer)
      outputs.length = Math.min(outputs.length, most)
      order = Math.min(most, lowerAtEnd ? timesteps.length - step : most, step + 1)
      start = corrected
      const known = [from(0), from(1), from(2)].slice(0, order)
      return solve(corrected, outputs, known, levels[step + 1] as Level, null)
    },
  }
}

function converter(read: ConfigReader, asPicture: boolean) {
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const threshold = createThreshold(read)
  return (output: Values, sample: Values, level: Level): Values => {
    if (!asPicture) return noiseAt(prediction, output, sample, level)
    const picture = pictureAt(prediction, output, sample, level)
    threshold?.(picture)
    return picture
  }
}

/**
 * One update: prediction, or correction where the answer at its end is known. `known` are the levels of `outputs`, newest
 * first, as many as the order.
 */
function createSolver(read: ConfigReader, asPicture: boolean) {
  const plain = read.choice('solver_type', 'bh2', ['bh1', 'bh2', 'midpoint', 'heun', 'logrho']) === 'bh1'
  return (sample: Values, outputs: readonly Values[], known: readonly Level[], to: Level, answer: Values | null) => {
    const from = known[0] as Level
    const newest = outputs[0] as Values
    const h = round(to.lambda - from.lambda)
    const signed = asPicture ? -h : h
    const grown = round(Math.expm1(signed))
    const spread = plain ? signed : grown
    // How far back each output lies, in steps like this one.
    const places = known.slice(1).map((level) => round(round(level.lambda - from.lambda) / h))
    const shares = sharesOf(answer ? [...places, 1] : places, signed, spread, grown)
    const [keep, scale] = asPicture ? [to.sigma / from.sigma, to.alpha] : [to.alpha / from.alpha, to.sigma]
    const others = answer ? [...outputs.slice(1, known.length), answer] : outputs.slice(1, known.length)
    const weights = others.map((_, i) => (-scale * spread * (shares[i] as number)) / (places[i] ?? 1))
    const own = -scale * grown - weights.reduce((sum, weight) => sum + weight, 0)
    return blend([keep, sample], [own, newest], ...others.map((values, i) => [weights[i] as number, values] as const))
  }
}

/** How much each difference counts: the solution of Σ share · placeⁿ⁻¹ = φ(n), but ½ where there is one alone. */
function sharesOf(places: readonly number[], h: number, spread: number, grown: number): number[] {
  if (places.length === 1) return [0.5]
  let phi = grown / h - 1
  let factorial = 1
  const wanted = places.map((_, i) => {
    const value = (phi * factorial) / spread
    factorial *= i + 2
    phi = phi / h - 1 / factorial
    return value
  })
  return solveLinear(wanted.map((value, power) => [...places.map((place) => place ** power), value]))
}
