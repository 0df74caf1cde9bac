/**
 * The weights of one step of DPM-Solver (Lu et al. 2022, arXiv:2206.00927 and 2211.01095) from one noise level to another:
 * an integral of the network's output, which is expanded around its value at the first of them.
 */

import type { Level } from './solver.ts'

const round = Math.fround

export const ALGORITHMS = ['dpmsolver++', 'sde-dpmsolver++', 'dpmsolver', 'sde-dpmsolver'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export interface Kernel {
  /** Of the sample. */
  readonly keep: number
  /** Of the output, and of its first and second derivative. */
  readonly value: number
  readonly slope: number
  readonly bend: number
  /** Of fresh noise. */
  readonly noise: number
}

/** `++` integrates the predicted picture, the others the predicted noise. */
export const predictsPicture = (algorithm: Algorithm): boolean => algorithm.endsWith('++')
export const isStochastic = (algorithm: Algorithm): boolean => algorithm.startsWith('sde')

export function kernel(algorithm: Algorithm, from: Level, to: Level): Kernel {
  const h = round(to.lambda - from.lambda)
  const steps = { from, to, h }
  return kernels[algorithm](steps)
}

interface Step {
  readonly from: Level
  readonly to: Level
  /** How far it goes in the logarithm of the signal-to-noise ratio. */
  readonly h: number
}

const kernels: Readonly<Record<Algorithm, (step: Step) => Kernel>> = {
  'dpmsolver++': ({ from, to, h }) => {
    const gone = round(round(Math.exp(-h)) - 1)
    return {
      keep: round(to.sigma / from.sigma),
      value: -to.alpha * gone,
      slope: to.alpha * (gone / h + 1),
      bend: -to.alpha * ((gone + h) / h ** 2 - 0.5),
      noise: 0,
    }
  },
  'sde-dpmsolver++': ({ from, to, h }) => {
    const gone = round(1 - round(Math.exp(-2 * h)))
    return {
      keep: round(to.sigma / from.sigma) * round(Math.exp(-h)),
      value: to.alpha * gone,
      slope: to.alpha * (gone / (-2 * h) + 1),
      bend: to.alpha * ((gone - 2 * h) / (2 * h) ** 2 - 0.5),
      noise: to.sigma * round(Math.sqrt(gone)),
    }
  },
  dpmsolver: ({ from, to, h }) => {
    const grown = round(round(Math.exp(h)) - 1)
    return {
      keep: round(to.alpha / from.alpha),
      value: -to.sigma * grown,
      slope: -to.sigma * (grown / h - 1),
      bend: -to.sigma * ((grown - h) / h ** 2 - 0.5),
      noise: 0,
    }
  },
  'sde-dpmsolver': ({ from, to, h }) => {
    const grown = round(round(Math.exp(h)) - 1)
    return {
      keep: round(to.alpha / from.alpha),
      value: -2 * to.sigma * grown,
      slope: -2 * to.sigma * (grown / h - 1),
      bend: Number.NaN,
      noise: to.sigma * round(Math.sqrt(round(round(Math.exp(2 * h)) - 1))),
    }
  },
}
