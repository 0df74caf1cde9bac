/** Which of the training timesteps are visited. */

import { expected } from '#core/errors.ts'
import { roundHalfEven } from '../rounding.ts'
import type { ConfigReader } from './config.ts'

export type Spacing = 'leading' | 'linspace' | 'trailing'
export const SPACINGS = ['leading', 'linspace', 'trailing'] as const

/** `count` numbers from `first` to `last`, both included. */
export function spread(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    index === count - 1 && count > 1 ? last : first + (count > 1 ? ((last - first) / (count - 1)) * index : 0),
  )
}

/** Descending timesteps of diffusers' three spacings: `leading` counts from 0, `trailing` from the last one. */
export function spacedTimesteps(spacing: Spacing, steps: number, trained: number, offset: number): number[] {
  if (spacing === 'linspace') return spread(0, trained - 1, steps).reverse()
  if (spacing === 'leading')
    return Array.from({ length: steps }, (_, index) => (steps - 1 - index) * Math.floor(trained / steps) + offset)
  return Array.from({ length: steps }, (_, index) => roundHalfEven(trained - (trained / steps) * index) - 1)
}

/** The same, as whole numbers. */
export function wholeTimesteps(read: ConfigReader, fallback: Spacing, steps: number, trained: number): number[] {
  const spacing = read.choice('timestep_spacing', fallback, SPACINGS)
  return spacedTimesteps(spacing, steps, trained, read.number('steps_offset', 0)).map(roundHalfEven)
}

export function checkSteps(steps: number, trained: number): void {
  if (!Number.isInteger(steps) || steps < 1 || steps > trained)
    throw expected('num_inference_steps', `a whole number from 1 to ${trained}`, steps)
}
