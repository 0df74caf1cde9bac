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
  return trailingTimesteps(steps, trained, trained)
}

/** @param last - the timestep after the first one visited. */
export function trailingTimesteps(steps: number, trained: number, last: number): number[] {
  const stride = trained / steps
  // NumPy's `arange` takes the stride from its first two numbers.
  const exact = last - stride - last
  const count = Math.min(steps, Math.ceil(last / stride))
  return Array.from({ length: count }, (_, index) => roundHalfEven(last + exact * index) - 1)
}

/** The same, as whole numbers. @throws SpaceError `invalid-value` where the offset leads beyond the last one. */
export function wholeTimesteps(read: ConfigReader, fallback: Spacing, steps: number, trained: number): number[] {
  const spacing = read.choice('timestep_spacing', fallback, SPACINGS)
  const offset = read.number('steps_offset', 0)
  const timesteps = spacedTimesteps(spacing, steps, trained, offset).map(roundHalfEven)
  if ((timesteps[0] as number) < trained) return timesteps
  throw expected('num_inference_steps', `fewer steps, as steps_offset ${offset} is added to each`, steps)
}

export function checkSteps(steps: number, trained: number): void {
  if (!Number.isInteger(steps) || steps < 1 || steps > trained)
    throw expected('num_inference_steps', `a whole number from 1 to ${trained}`, steps)
}
