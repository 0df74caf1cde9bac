/** Noise levels spread between the highest and the lowest one, in place of those of evenly spaced timesteps. */

import { expected } from '#core/errors.ts'
import { betaQuantile } from './beta-quantile.ts'
import type { ConfigReader } from './config.ts'
import { spread } from './spacing.ts'

/** Karras et al. 2022, equation 5. @param part - of the way from the highest level to the lowest, 0..1 */
export function karrasLevel(most: number, least: number, part: number, rho: number): number {
  const high = most ** (1 / rho)
  const low = least ** (1 / rho)
  return (high + part * (low - high)) ** rho
}

const ramps = {
  use_karras_sigmas: (most: number, least: number, steps: number): number[] =>
    spread(0, 1, steps).map((part) => karrasLevel(most, least, part, 7)),
  use_exponential_sigmas: (most: number, least: number, steps: number): number[] =>
    spread(Math.log(most), Math.log(least), steps).map(Math.exp),
  /** Lee et al. 2024, “Beta sampling is all you need”, with both parameters 0.6. */
  use_beta_sigmas: (most: number, least: number, steps: number): number[] =>
    spread(0, 1, steps).map((part) => least + betaQuantile(1 - part) * (most - least)),
  /** Lu et al. 2022, “DPM-Solver”, evenly in the logarithm of the signal-to-noise ratio. */
  use_lu_lambdas(most: number, least: number, steps: number): number[] {
    const [high, low] = [Math.fround(Math.log(most)), Math.fround(Math.log(least))]
    return spread(0, 1, steps).map((part) => Math.exp(high + part * (low - high)))
  },
}

export type RampName = keyof typeof ramps
export const COMMON_RAMPS = ['use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas'] as const

export interface Ramp {
  readonly name: RampName
  /** Falling, from `most` to `least`. */
  sigmas(most: number, least: number, steps: number): number[]
}

/**
 * The ramp that the configuration asks for, null where it asks for none.
 * @throws SpaceError `invalid-value` where it asks for two
 */
export function readRamp(read: ConfigReader, known: readonly RampName[] = COMMON_RAMPS): Ramp | null {
  const [name, other] = known.filter((key) => read.flag(key, false))
  if (other) throw expected(`scheduler.${other}`, `one of ${known.join(', ')}`, 'two of them')
  return name ? { name, sigmas: ramps[name] } : null
}
