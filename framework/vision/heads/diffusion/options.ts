/** What the generating tasks take in common. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import type { SchedulerOptions } from '../../schedulers/index.ts'
import { createNoise, type NoiseSource, randomSeed } from '../../schedulers/noise.ts'
import type { Tensor } from '../../task.ts'

/** Values as a caller may give them: a tensor, or its values row by row. */
export type GivenValues =
  | Tensor<'float32'>
  | Pick<Tensor<'float32'>, 'dims' | 'data'>
  | Float32Array
  | readonly number[]

export interface NoiseOptions {
  /** The noise to start from, of unit variance. Replaces the seed's. */
  noise?: GivenValues
  /** The same under diffusers' name. */
  latents?: GivenValues
  /** Noise for the methods that add some on the way: one slice after the other in the order of use. */
  step_noise?: GivenValues
  /**
   * Gives the same pictures again, those that `torch.Generator('cpu').manual_seed(seed)` gives in Python; a list of seeds
   * gives each picture its own generator. Default: each call differs.
   */
  seed?: number | readonly number[]
}

export interface DiffusionOptions extends NoiseOptions {
  num_inference_steps?: number
  /** The timesteps to visit, whole and falling, in place of evenly spaced ones; not every scheduler takes them. */
  timesteps?: readonly number[]
  /** The noise levels to visit, falling, with that after the last step (0); for the Euler scheduler. */
  sigmas?: readonly number[]
  /** For DDIM: 0 adds no noise on the way (default), 1 as much as DDPM. */
  eta?: number
  /** A class of diffusers (`'Euler'`, `'DDIMScheduler'`, …) with the model's settings, or a whole `scheduler_config.json`. */
  scheduler?: string | Readonly<Record<string, unknown>>
  /** What comes out: pictures (default, also `'pil'`), float32 values `[height, width, channels]` in 0..1, or latents. */
  output_type?: OutputType
}

export type OutputType = 'image' | 'pil' | 'np' | 'latent'
export const OUTPUT_TYPES = ['image', 'pil', 'np', 'latent'] as const

export const isPicture = (type: OutputType): boolean => type === 'image' || type === 'pil'

/** How many pictures one call makes at most: more would take the memory of the process. */
export const MOST_PICTURES = 1024

/** Where a call's noise comes from: given values first, then the seed. */
export interface CallNoise {
  /** @param count - values; those given must be as many. */
  start(count: number): Float32Array
  next(count: number): Float32Array
}

/** @param pictures - how many the call makes */
export function readNoise(options: CallOptions, pictures: number): CallNoise {
  const name = options.get('noise') === undefined ? 'latents' : 'noise'
  const start = valuesOf(options, name)
  const steps = valuesOf(options, 'step_noise')
  const source = seededNoise(options, pictures)
  let used = 0

  return {
    start(count) {
      if (!start) return source.normal(count)
      if (start.length !== count) throw expected(name, `${count} values`, start)
      return start
    },
    next(count) {
      if (!steps) return source.normal(count)
      const part = steps.subarray(used, used + count)
      used += count
      if (part.length === count) return part
      throw expected('step_noise', `at least ${used} values, ${count} for each step that adds noise`, steps)
    },
  }
}

/** How a call wants to go from noise to picture. @throws SpaceError `invalid-value` */
export function readPlan(options: CallOptions, usualSteps: number): SchedulerOptions {
  const eta = options.number('eta', 0, { min: 0 })
  const timesteps = falling(options, 'timesteps')
  const sigmas = falling(options, 'sigmas')
  if (timesteps && sigmas) throw expected('sigmas', 'nothing where timesteps are given', sigmas)
  if (timesteps) return { eta, timesteps, steps: timesteps.length }
  if (sigmas) return { eta, sigmas, steps: sigmas.length - 1 }
  return { eta, steps: options.number('num_inference_steps', usualSteps, { min: 1, integer: true }) }
}

function falling(options: CallOptions, name: 'timesteps' | 'sigmas'): readonly number[] | null {
  const given = options.get(name)
  if (given === undefined) return null
  const fits = (value: unknown, i: number, all: unknown[]) =>
    (name === 'timesteps' ? Number.isInteger(value) : Number.isFinite(value)) &&
    (value as number) >= 0 &&
    (i === 0 || (value as number) < (all[i - 1] as number))
  if (Array.isArray(given) && given.length > (name === 'sigmas' ? 1 : 0) && given.every(fits)) return given
  throw expected(
    name,
    name === 'timesteps' ? 'whole numbers, each below the one before' : 'numbers, each below the one before',
    given,
  )
}

/** One generator for all pictures, or one for each of them as in diffusers. */
function seededNoise(options: CallOptions, pictures: number): Pick<NoiseSource, 'normal'> {
  const given = options.get('seed') ?? randomSeed()
  if (!Array.isArray(given)) return createNoise(options.number('seed', given as number, { integer: true }))
  if (given.length !== pictures || !given.every(Number.isInteger))
    throw expected('seed', `a whole number, or one for each picture (${pictures})`, given)
  const sources = given.map(createNoise)
  return {
    normal: (count) => Float32Array.from(sources.flatMap((source) => [...source.normal(count / pictures)])),
  }
}

/** As many pictures as a given tensor of noise has rows; 1 otherwise. */
export function givenCount(options: CallOptions): number {
  const given = options.get('noise') ?? options.get('latents')
  const [rows = 1, ...rest] = isTensor(given) ? (given.dims as readonly number[]) : []
  return rest.length > 0 ? rows : 1
}

function valuesOf(options: CallOptions, name: string): Float32Array | null {
  const given = options.get(name)
  if (given === undefined) return null
  const data = isTensor(given) ? given.data : given
  if (data instanceof Float32Array) return data
  const flat = Array.isArray(data) ? data.flat(Infinity) : data
  const numbers = ArrayBuffer.isView(flat) || Array.isArray(flat) ? Array.from(flat as ArrayLike<unknown>) : null
  if (numbers?.every((value) => typeof value === 'number')) return Float32Array.from(numbers as number[])
  throw expected(name, 'a tensor, or its values as numbers', given)
}

function isTensor(value: unknown): value is { data: unknown; dims: unknown } {
  return typeof value === 'object' && value !== null && 'data' in value && 'dims' in value
}
