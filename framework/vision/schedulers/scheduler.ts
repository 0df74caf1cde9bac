/** What a diffusion scheduler is, and how a network's output is read. */

import type { ConfigReader } from './config.ts'

/**
 * The way from noise to picture for one sample. Made for a number of steps, walked once from first to last;
 * values are flat float32 of whatever shape, the noise schedule does not ask.
 */
export interface Scheduler {
  /** What the network is told at each step, falling. PNDM visits its second one twice. */
  readonly timesteps: readonly number[]
  /** What unit noise is multiplied with before the first step. */
  readonly initNoiseSigma: number
  /** What the network is shown of the sample at this step. */
  scaleInput(sample: Float32Array, step: number): Float32Array
  /**
   * The sample after this step. @param output - the network's; twice as long as the sample where it also says the variance.
   * @param draw - unit normal noise of the sample's length, called once for each draw that the method needs.
   */
  step(output: Float32Array, step: number, sample: Float32Array, draw: () => Float32Array): Float32Array
}

export interface SchedulerOptions {
  readonly steps: number
  /** DDIM: 0 adds no noise, 1 as much as DDPM. Default 0. */
  readonly eta?: number
  /** Timesteps to visit in place of evenly spaced ones, falling; then `steps` is their number. */
  readonly timesteps?: readonly number[]
  /** Noise levels to visit, falling, with that after the last step; then `steps` is one less than their number. */
  readonly sigmas?: readonly number[]
}

export const PREDICTIONS = ['epsilon', 'sample', 'v_prediction'] as const
export type Prediction = (typeof PREDICTIONS)[number]

/** The picture that the output means, from a sample whose share of picture is `alpha` (variance 1 - alpha of noise). */
export function predictedPicture(
  prediction: Prediction,
  output: Float32Array,
  sample: Float32Array,
  alpha: number,
): Float32Array {
  if (prediction === 'sample') return output.slice(0, sample.length)
  const signal = Math.sqrt(alpha)
  const noise = Math.sqrt(1 - alpha)
  const picture = new Float32Array(sample.length)
  for (let i = 0; i < picture.length; i++) {
    const x = sample[i] as number
    const y = output[i] as number
    picture[i] = prediction === 'epsilon' ? (x - noise * y) / signal : signal * x - noise * y
  }
  return picture
}

/** The noise that the output means, with the picture that it means. */
export function predictedNoise(
  prediction: Prediction,
  output: Float32Array,
  sample: Float32Array,
  picture: Float32Array,
  kept: number,
): Float32Array {
  if (prediction === 'epsilon') return output
  const signal = Math.sqrt(kept)
  const lost = Math.sqrt(1 - kept)
  if (prediction === 'v_prediction') return sample.map((value, i) => signal * (output[i] as number) + lost * value)
  return sample.map((value, i) => (value - signal * (picture[i] as number)) / lost)
}

/** The weighted sum of values, rounded at every step from first to last as torch does; its length is the first ones'. */
export function blend(...terms: readonly (readonly [weight: number, values: Float32Array])[]): Float32Array {
  const [[weight, values], ...others] = terms as [(typeof terms)[number], ...typeof terms]
  const first = Math.fround(weight)
  const sum = values.map((value) => first * value)
  for (const [weight, values] of others) {
    const factor = Math.fround(weight)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + Math.fround(factor * (values[i] as number))
  }
  return sum
}

/** Holds a predicted picture in range, in place, as the configuration says. */
export function createClip(read: ConfigReader, clipByDefault: boolean): (picture: Float32Array) => void {
  const threshold = createThreshold(read)
  if (threshold) return threshold
  if (!read.flag('clip_sample', clipByDefault)) return () => {}
  const range = read.number('clip_sample_range', 1)
  return (picture) => {
    for (let i = 0; i < picture.length; i++) picture[i] = Math.min(range, Math.max(-range, picture[i] as number))
  }
}

/** Dynamic thresholding, in place; null where the configuration does not ask for it. */
export function createThreshold(read: ConfigReader): ((picture: Float32Array) => void) | null {
  if (!read.flag('thresholding', false)) return null
  const ratio = read.number('dynamic_thresholding_ratio', 0.995)
  const most = read.number('sample_max_value', 1)
  return (picture) => threshold(picture, ratio, most)
}

/** Saharia et al. 2022: values beyond the given quantile are cut, and the rest scaled to fill -1..1. */
function threshold(picture: Float32Array, ratio: number, most: number): void {
  const sizes = picture.map(Math.abs).sort()
  const place = ratio * (sizes.length - 1)
  const low = sizes[Math.floor(place)] as number
  const high = sizes[Math.ceil(place)] as number
  const limit = Math.min(most, Math.max(1, low + (high - low) * (place % 1)))
  for (let i = 0; i < picture.length; i++) picture[i] = Math.min(limit, Math.max(-limit, picture[i] as number)) / limit
}
