/**
 * Liu et al. 2022, “Pseudo numerical methods for diffusion models on manifolds”: a linear multistep method over the last
 * four outputs. Stable Diffusion starts it with one doubled step (`skip_prk_steps`), others with three Runge-Kutta steps.
 */

import type { ConfigReader } from './config.ts'
import { noiseLevels } from './noise-levels.ts'
import { blend, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { checkSteps, wholeTimesteps } from './spacing.ts'

type Values = Float32Array

export function pndm(read: ConfigReader, { steps }: SchedulerOptions): Scheduler {
  const levels = noiseLevels(read)
  checkSteps(steps, levels.length)
  const velocity = read.choice('prediction_type', 'epsilon', ['epsilon', 'v_prediction']) === 'v_prediction'
  const last = read.flag('set_alpha_to_one', false) ? 1 : (levels[0] as number)
  const stride = Math.floor(levels.length / steps)
  const spaced = wholeTimesteps(read, 'leading', steps, levels.length).reverse()
  const warmUp = read.flag('skip_prk_steps', false) ? [] : rungeKuttaTimesteps(spaced, stride)
  const timesteps = [...warmUp, ...multistepTimesteps(spaced, warmUp.length > 0)]

  /** From one timestep to another along an estimate of the noise; equation 9 of the paper, without its cancellation. */
  const move = (sample: Values, from: number, to: number, estimate: Values): Values => {
    const kept = levels[from] as number
    const keptNext = to >= 0 ? (levels[to] as number) : last
    const lost = 1 - kept
    const scale = Math.sqrt(keptNext / kept)
    const weight = (keptNext - kept) / (kept * Math.sqrt(1 - keptNext) + Math.sqrt(kept * lost * keptNext))
    const noise = velocity ? blend([Math.sqrt(kept), estimate], [Math.sqrt(lost), sample]) : estimate
    return blend([scale, sample], [-weight, noise])
  }

  const runge = rungeKutta(move, timesteps, stride)
  const multi = multistep(move, stride, warmUp.length === 0)
  return {
    timesteps,
    initNoiseSigma: 1,
    scaleInput: (sample) => sample,
    step(output, step, sample) {
      if (step >= warmUp.length) return multi.step(output, timesteps[step] as number, sample)
      if (step % 4 === 0) multi.remember(output)
      return runge(output, step, sample)
    },
  }
}

type Move = (sample: Values, from: number, to: number, estimate: Values) => Values

/** Each of the three steps takes four evaluations: at its start, twice in the middle, at its end. */
function rungeKuttaTimesteps(spaced: readonly number[], stride: number): number[] {
  const half = Math.floor(stride / 2)
  const points = spaced.slice(-4).flatMap((timestep) => [timestep, timestep + half])
  return points
    .slice(0, -1)
    .flatMap((timestep) => [timestep, timestep])
    .slice(1, -1)
    .reverse()
}

function multistepTimesteps(spaced: readonly number[], warmedUp: boolean): number[] {
  if (warmedUp) return spaced.slice(0, -3).reverse()
  return [...spaced.slice(0, -1), ...spaced.slice(-2, -1), ...spaced.slice(-1)].reverse()
}

function rungeKutta(move: Move, timesteps: readonly number[], stride: number) {
  const weights = [1 / 6, 1 / 3, 1 / 3, 1 / 6]
  let start: Values = new Float32Array()
  let sum: Values = new Float32Array()
  return (output: Values, step: number, sample: Values): Values => {
    const phase = step % 4
    if (phase === 0) {
      start = sample
      sum = new Float32Array(sample.length)
    }
    sum = sum.map((value, i) => value + (weights[phase] as number) * (output[i] as number))
    const from = timesteps[step - phase] as number
    const to = (timesteps[step] as number) - (phase % 2 ? 0 : Math.floor(stride / 2))
    return move(start, from, to, phase === 3 ? sum : output)
  }
}

/** Adams-Bashforth weights for one to four outputs, newest first. */
const WEIGHTS = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]] as const

function multistep(move: Move, stride: number, startsCold: boolean) {
  const outputs: Values[] = []
  let count = 0
  let first: Values = new Float32Array()
  const remember = (output: Values) => {
    outputs.unshift(output)
    outputs.length = Math.min(outputs.length, 4)
  }
  return {
    remember,
    step(output: Values, timestep: number, sample: Values): Values {
      const turn = count++
      if (startsCold && turn === 1) {
        // The doubled step: the first is done again with the mean of the outputs at its two ends.
        const mean = output.map((value, i) => (value + (outputs[0]?.[i] as number)) / 2)
        return move(first, timestep + stride, timestep, mean)
      }
      remember(output)
      if (turn === 0) first = sample
      const weights = WEIGHTS[outputs.length - 1] as readonly number[]
      const blend = output.map((_, i) =>
        weights.reduce((total, weight, k) => total + weight * (outputs[k]?.[i] as number), 0),
      )
      return move(sample, timestep, timestep - stride, blend)
    },
  }
}
