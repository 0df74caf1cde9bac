/** Song et al. 2023, “Consistency models”: each step goes all the way to the picture, and noise takes it back to the next level. */

import { expected } from '#core/errors.ts'
import type { ConfigReader } from './config.ts'
import { karrasLevel } from './ramps.ts'
import { blend, type Scheduler, type SchedulerOptions } from './scheduler.ts'
import { checkSteps } from './spacing.ts'

export function consistency(read: ConfigReader, { steps, timesteps: given }: SchedulerOptions): Scheduler {
  const count = read.number('num_train_timesteps', 40)
  if (given && (given[0] as number) >= count) throw expected('timesteps', `numbers below ${count}`, given[0])
  checkSteps(steps, count)
  const least = read.number('sigma_min', 0.002)
  const most = read.number('sigma_max', 80)
  const data = read.number('sigma_data', 0.5)
  const clips = read.flag('clip_denoised', true)
  const strength = read.number('s_noise', 1)
  const stride = Math.floor(count / steps)
  const places = given ? given.toReversed() : Array.from({ length: steps }, (_, step) => step * stride)
  const levels = places.map((place) => karrasLevel(most, least, place / (count - 1), read.number('rho', 7)))
  const sigmas = Float32Array.of(...levels, least)

  return {
    timesteps: levels.map((sigma) => 250 * Math.log(sigma)),
    initNoiseSigma: most,
    scaleInput(sample, step) {
      const scale = Math.hypot(sigmas[step] as number, data)
      return sample.map((value) => value / scale)
    },
    step(output, step, sample, draw) {
      const sigma = sigmas[step] as number
      const above = sigma - least
      const ofSample = data ** 2 / (above ** 2 + data ** 2)
      const picture = blend([(above * data) / Math.hypot(sigma, data), output], [ofSample, sample])
      if (clips) for (let i = 0; i < picture.length; i++) picture[i] = Math.min(1, Math.max(-1, picture[i] as number))
      if (steps === 1) return picture
      const next = Math.min(most, Math.max(least, sigmas[step + 1] as number))
      return blend([1, picture], [strength * Math.sqrt(Math.max(0, next ** 2 - least ** 2)), draw()])
    },
  }
}
