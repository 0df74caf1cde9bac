/** A generator of one graph: noise in, picture out. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { runGraph } from '../../feeds.ts'
import { type Model, type Outputs, type Session, type TaskContext, type Tensor, throwIfCancelled } from '../../task.ts'
import { generatorInputs } from './generator-inputs.ts'
import { givenCount, MOST_PICTURES, OUTPUT_TYPES, readNoise } from './options.ts'
import { SYMMETRIC, toPicture, unitValues, type ValueRange } from './pictures.ts'

export async function openGenerator(model: Model) {
  const session = await model.session()

  return async (options: CallOptions, context: TaskContext) => {
    const count = options.number('batch_size', givenCount(options), { min: 1, max: MOST_PICTURES, integer: true })
    const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
    if (type === 'latent') throw expected('output_type', '“image” or “np” for a generator', type)
    const inputs = generatorInputs(model, session, options)
    const size = inputs.latent.reduce((product, dim) => product * dim, 1)
    const noise = readNoise(options, count).start(count * size)
    const pictures = []
    for (let i = 0; i < count; i++) {
      throwIfCancelled(context.signal)
      const outputs = await runGraph(session, inputs.feeds(noise.slice(i * size, (i + 1) * size), i), context)
      const values = await context.time('postprocess', () => pictureOf(model, session, outputs))
      pictures.push(type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`))
      context.onProgress((i + 1) / count, `Picture ${i + 1} of ${count}`)
    }
    return pictures
  }
}

type Layout = readonly [channels: number, height: number, width: number]

/** How many channels a picture may have, what is usual first: four may as well be a very small side. */
const CHANNELS = [[1, 3], [4]] as const

/** The first output that is a picture, in 0..1 `[height, width, channels]`. */
function pictureOf(model: Model, session: Session, outputs: Outputs): Tensor<'float32'> {
  for (const { name } of session.outputs) {
    const raw = session.output(outputs, name)
    const { data, dims } = session.floats(outputs, name)
    const range = rangeOf(model, raw.type === 'uint8' ? [0, 255] : SYMMETRIC)
    const [a = 0, b = 0, c = 0] = dims.length > 2 ? dims.slice(-3) : flat(data.length)
    for (const counts of CHANNELS as readonly (readonly number[])[]) {
      if (counts.includes(a)) return unitValues(data, [a, b, c], range)
      if (counts.includes(c)) return unitValues(channelsFirst(data, [c, a, b]), [c, a, b], range)
    }
  }
  const found = session.outputs.map(({ name }) => `“${name}” [${outputs[name]?.dims.join(', ')}]`)
  throw model.broken(session.file, `it gives ${found.join(', ')}, which is no picture`)
}

/** A row of values as a square, in colour where there are three values for each pixel. */
function flat(length: number): Layout {
  for (const channels of [3, 1]) {
    const side = Math.sqrt(length / channels)
    if (Number.isInteger(side)) return [channels, side, side]
  }
  return [0, 0, 0]
}

function channelsFirst(values: Float32Array, [channels, height, width]: Layout): Float32Array {
  const count = height * width
  return values.map((_, i) => values[(i % count) * channels + Math.floor(i / count)] as number)
}

function rangeOf(model: Model, usual: ValueRange): ValueRange {
  const { range = usual } = model.config
  const [low, high, ...more] = Array.isArray(range) ? (range as unknown[]) : []
  if (typeof low === 'number' && typeof high === 'number' && low < high && more.length === 0) return [low, high]
  throw model.broken('config.json', 'its range is not a pair of numbers, the lower one first')
}
