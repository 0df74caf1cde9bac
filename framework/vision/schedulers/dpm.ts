/** DPM-Solver and DPM-Solver++ (Lu et al. 2022), over the last steps, or in groups of steps. */

import { expected } from '#core/errors.ts'
import type { ConfigReader } from './config.ts'
import { ALGORITHMS, type Algorithm, isStochastic, kernel, predictsPicture } from './dpm-kernel.ts'
import { noiseLevels, RESIDUE } from './noise-levels.ts'
import { COMMON_RAMPS } from './ramps.ts'
import { blend, createThreshold, PREDICTIONS, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { type Plan, trainedSigmas } from './sigmas.ts'
import {
  type Level,
  levelOf,
  noiseAt,
  noiseBeside,
  pictureAt,
  planSolver,
  readEnd,
  readOrder,
  refuseFlow,
} from './solver.ts'
import { checkSteps } from './spacing.ts'

const round = Math.fround

type Values = Float32Array
/** A network's answer at a noise level, as the algorithm wants it. */
interface Output {
  readonly values: Values
  readonly level: Level
}

const readAlgorithm = (read: ConfigReader): Algorithm => {
  const name = read.choice('algorithm_type', 'dpmsolver++', [...ALGORITHMS, 'deis'])
  return name === 'deis' ? 'dpmsolver++' : name
}

/** Over the outputs of the last two or three steps. */
export function dpmMultistep(read: ConfigReader, { steps, timesteps }: SchedulerOptions): Scheduler {
  const trained = trainedSigmas(noiseLevels(read, { atZeroSnr: RESIDUE }))
  checkSteps(steps, trained.length)
  const algorithm = readAlgorithm(read)
  const order = readOrder(read)
  const end = readEnd(read)
  if (algorithm === 'sde-dpmsolver' && order === 3)
    throw expected('scheduler.solver_order', '1 or 2 for sde-dpmsolver', order)
  const plan = planSolver(read, trained, {
    steps,
    timesteps,
    ramps: [...COMMON_RAMPS, 'use_lu_lambdas'],
    rounds: (ramp) => !isCosine(read) && (ramp === 'use_karras_sigmas' || ramp === 'use_lu_lambdas'),
    end: () => (end === 'zero' ? 0 : (trained[0] as number)),
    visited: visitedTimesteps(read, trained),
  })
  const count = plan.timesteps.length
  const few = read.flag('lower_order_final', true) && count < 15
  const lastIsFirst = read.flag('euler_at_final', false) || few || end === 'zero'
  return dpm(read, algorithm, plan, (step) => {
    const limit = step === count - 1 && lastIsFirst ? 1 : step === count - 2 && few ? 2 : 3
    return { order: Math.min(order, step + 1, limit), back: 0 }
  })
}

const isCosine = (read: ConfigReader) => read.text('beta_schedule') === 'squaredcos_cap_v2'

/** In groups of two or three steps, each from the beginning of its group. */
export function dpmSinglestep(read: ConfigReader, { steps, timesteps }: SchedulerOptions): Scheduler {
  const trained = trainedSigmas(noiseLevels(read))
  checkSteps(steps, trained.length)
  const algorithm = readAlgorithm(read)
  if (algorithm === 'sde-dpmsolver')
    throw expected('scheduler.algorithm_type', 'dpmsolver, dpmsolver++ or sde-dpmsolver++', algorithm)
  const order = readOrder(read)
  const end = readEnd(read)
  const plan = planSolver(read, trained, {
    steps,
    timesteps,
    ramps: COMMON_RAMPS,
    rounds: (ramp) => ramp === 'use_karras_sigmas',
    end: () => (end === 'zero' ? 0 : (trained[0] as number)),
    visited: visitedTimesteps(read, trained),
    spacing: 'linspace',
  })
  const groups = groupedOrders(order, steps, read.flag('lower_order_final', false), end === 'zero')
  return dpm(read, algorithm, plan, (step) => {
    const wanted = groups[step] as number
    return { order: wanted, back: wanted - 1 }
  })
}

/** Without those whose signal-to-noise ratio is below `lambda_min_clipped`. */
function visitedTimesteps(read: ConfigReader, trained: Float32Array): number {
  const least = read.bound('lambda_min_clipped', Number.NEGATIVE_INFINITY)
  return trained.filter((sigma) => -Math.log(sigma) >= least).length
}

/** 1, 2, 1, 2, … or 1, 2, 3, …; the last step stands for itself where a group would end with it. */
function groupedOrders(order: number, steps: number, lowerAtEnd: boolean, toZero: boolean): number[] {
  const orders = Array.from({ length: steps }, (_, step) => (step % order) + 1)
  if (toZero || (lowerAtEnd && steps % order === 0)) orders[steps - 1] = 1
  return orders
}

/** How many outputs a step is made from, and how many steps before it its group began. */
interface Reach {
  readonly order: number
  readonly back: number
}

function dpm(read: ConfigReader, algorithm: Algorithm, plan: Plan, reach: (step: number) => Reach): Scheduler {
  refuseFlow(read)
  if (!predictsPicture(algorithm) && readEnd(read) === 'zero')
    throw expected('scheduler.final_sigmas_type', `“sigma_min” for ${algorithm}`, 'zero')
  const convert = converter(read, predictsPicture(algorithm))
  const midpoint = read.choice('solver_type', 'midpoint', ['midpoint', 'heun', 'logrho', 'bh1', 'bh2']) !== 'heun'
  const levels = [...plan.sigmas].map(levelOf)
  const outputs: Output[] = []
  const starts: Values[] = []

  return {
    timesteps: plan.timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample, draw) {
      const level = levels[step] as Level
      outputs.unshift({ values: convert(output, sample, level), level })
      starts.unshift(sample)
      outputs.length = starts.length = Math.min(outputs.length, 3)
      const { order, back } = reach(step)
      const to = levels[step + 1] as Level
      const [around, ...others] = outputs.slice(0, order)
      const terms = back > 0 ? fromOldest : fromNewest
      const { weights, slopes } = terms(algorithm, midpoint, to, around as Output, others)
      const next = blend([weights.keep, starts[back] as Values], ...slopes)
      return isStochastic(algorithm) ? blend([1, next], [weights.noise, draw()]) : next
    },
  }
}

type Term = readonly [weight: number, values: Values]

/** Around the newest output, with the differences to those before it. */
function fromNewest(algorithm: Algorithm, midpoint: boolean, to: Level, newest: Output, [before, first]: Output[]) {
  const weights = kernel(algorithm, newest.level, to)
  const slopes: Term[] = [[weights.value, newest.values]]
  if (!before) return { weights, slopes }
  const h = round(to.lambda - newest.level.lambda)
  const near = round(round(newest.level.lambda - before.level.lambda) / h)
  const nearSlope = blend([1 / near, newest.values], [-1 / near, before.values])
  if (!first) {
    slopes.push([midpoint ? weights.value / 2 : weights.slope, nearSlope])
    return { weights, slopes }
  }
  const far = round(round(before.level.lambda - first.level.lambda) / h)
  const farSlope = blend([1 / far, before.values], [-1 / far, first.values])
  const bend = blend([1 / (near + far), nearSlope], [-1 / (near + far), farSlope])
  slopes.push([weights.slope, blend([1, nearSlope], [near, bend])], [weights.bend, bend])
  return { weights, slopes }
}

/** Around the oldest output of a group, with the differences of the others to it. */
function fromOldest(algorithm: Algorithm, midpoint: boolean, to: Level, newest: Output, others: Output[]) {
  const oldest = others.at(-1) as Output
  const weights = kernel(algorithm, oldest.level, to)
  const h = round(to.lambda - oldest.level.lambda)
  const far = round(round(newest.level.lambda - oldest.level.lambda) / h)
  const farSlope = blend([1 / far, newest.values], [-1 / far, oldest.values])
  const slopes: Term[] = [[weights.value, oldest.values]]
  const [between, more] = others
  if (!between || !more) slopes.push([midpoint ? weights.value / 2 : weights.slope, farSlope])
  else if (midpoint) slopes.push([weights.slope, farSlope])
  else {
    const near = round(round(between.level.lambda - oldest.level.lambda) / h)
    const nearSlope = blend([1 / near, between.values], [-1 / near, oldest.values])
    const apart = far - near
    slopes.push([weights.slope, blend([far / apart, nearSlope], [-near / apart, farSlope])])
    slopes.push([weights.bend, blend([2 / apart, farSlope], [-2 / apart, nearSlope])])
  }
  return { weights, slopes }
}

/** A network's output as picture or as noise, thresholded where the configuration says so. */
function converter(read: ConfigReader, asPicture: boolean) {
  const prediction = read.choice('prediction_type', 'epsilon', PREDICTIONS)
  const threshold = createThreshold(read)
  return (output: Values, sample: Values, level: Level): Values => {
    if (!asPicture && !threshold) return noiseAt(prediction, output, sample, level)
    const picture = pictureAt(prediction, output, sample, level)
    threshold?.(picture)
    return asPicture ? picture : noiseBeside(sample, picture, level)
  }
}
