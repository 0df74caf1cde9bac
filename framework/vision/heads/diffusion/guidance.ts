/** How strongly a text guides the network, and the network that does so. */

import { runGraph } from '../../feeds.ts'
import { type Feeds, type Json, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import type { Network } from './denoise.ts'
import { mainOutput, type Shape, stacked, timestepFor } from './outputs.ts'

/**
 * Models distilled from guided ones are told the strength of guidance in place of being asked twice.
 * The embedding is that of a timestep a thousand times the strength.
 */
export function tellStrength(unet: Session, config: Json, guidance: number): Tensor<'float32'> | null {
  const length = config.time_cond_proj_dim
  if (!unet.wants('timestep_cond') || typeof length !== 'number') return null
  const half = Math.floor(length / 2)
  const values = new Float32Array(length)
  for (let i = 0; i < half; i++) {
    const angle = (guidance - 1) * 1000 * Math.exp((-Math.log(10_000) / (half - 1)) * i)
    values[i] = Math.sin(angle)
    values[half + i] = Math.cos(angle)
  }
  return tensor('float32', values, [1, length])
}

interface Guidance {
  readonly dims: Shape
  readonly guidance: number
  /** How far the spread of the guided noise is brought back to that of the prompt's own, 0..1. */
  readonly rescale: number
  readonly context: TaskContext
}

/** @param conditions - feeds of one row, the prompt's, or of two: what is not wanted, and the prompt. */
export function createNetwork(
  unet: Session,
  conditions: Feeds,
  { dims, guidance, rescale, context }: Guidance,
): Network {
  const [ways = 1] = conditions.encoder_hidden_states?.dims ?? []
  return async (input, timestep) => {
    const data = await ask(unet, input, dims, timestep, conditions, ways, context)
    if (ways === 1) return data
    const without = data.subarray(0, input.length)
    const own = data.subarray(input.length)
    const guided = own.map((value, i) => (without[i] as number) + guidance * (value - (without[i] as number)))
    if (rescale === 0) return guided
    // Section 3.4 of “Common Diffusion Noise Schedules and Sample Steps are Flawed” (Lin et al., 2023).
    const factor = rescale * (spread(own) / spread(guided)) + 1 - rescale
    return guided.map((value) => value * factor)
  }
}

/** Answers for all rows of the conditions, as many at once as the graph takes: some exports fix one row, or two. */
async function ask(
  unet: Session,
  input: Float32Array,
  dims: Shape,
  timestep: number,
  conditions: Feeds,
  ways: number,
  context: TaskContext,
): Promise<Float32Array> {
  const fixed = unet.inputs.find(({ name }) => name === 'sample')?.dims[0]
  const rows = typeof fixed === 'number' && fixed > 0 ? fixed : ways
  const sample = tensor('float32', repeatedValues(input, rows), [rows, ...dims])
  const answers = new Float32Array(ways * input.length)
  for (let way = 0; way < ways; way += rows) {
    const told = Object.entries(conditions).map(([name, all]) => [name, all && rowsOf(all, way, rows)])
    const feeds: Feeds = { sample, timestep: timestepFor(unet, timestep), ...Object.fromEntries(told) }
    const { data } = mainOutput(unet, await runGraph(unet, feeds, context), 'out_sample')
    answers.set(data.subarray(0, Math.min(rows, ways - way) * input.length), way * input.length)
  }
  return answers
}

function repeatedValues(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(times * values.length)
  for (let i = 0; i < times; i++) all.set(values, i * values.length)
  return all
}

/** Rows from `first` on; the last is repeated where there are too few. */
function rowsOf(all: Tensor, first: number, count: number): Tensor {
  const [rows = 1, ...rest] = all.dims
  if (first === 0 && rows === count) return all
  const size = all.data.length / rows
  const one = (row: number) => all.data.subarray(row * size, (row + 1) * size) as Float32Array
  const chosen = Array.from({ length: count }, (_, i) => one(Math.min(first + i, rows - 1)))
  return stacked(...chosen.map((data) => tensor('float32', data, [1, ...rest])))
}

function spread(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}
