/** A generator of one graph: noise in, picture out. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { runGraph } from '../../feeds.ts'
import { type Model, type Port, type TaskContext, tensor, throwIfCancelled } from '../../task.ts'
import { givenCount, MOST_PICTURES, OUTPUT_TYPES, readNoise } from './options.ts'
import { SYMMETRIC, toPicture, unitValues, type ValueRange } from './pictures.ts'

export async function openGenerator(model: Model) {
  const session = await model.session()
  const [input, ...others] = session.inputs
  if (!input || others.length)
    throw model.broken(session.file, `a generator has one input, this graph has ${session.inputs.length}`)
  const dims = latentDims(model, input, session.file)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const range = rangeOf(model)

  return async (options: CallOptions, context: TaskContext) => {
    const count = options.number('batch_size', givenCount(options), { min: 1, max: MOST_PICTURES, integer: true })
    const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
    if (type === 'latent') throw expected('output_type', '“image” or “np” for a generator', type)
    const noise = readNoise(options).start(count * size)
    const pictures = []
    for (let i = 0; i < count; i++) {
      throwIfCancelled(context.signal)
      const latent = tensor('float32', noise.slice(i * size, (i + 1) * size), [1, ...dims])
      const outputs = await runGraph(session, { [input.name]: latent }, context)
      const result = session.floats(outputs, session.outputs[0]?.name ?? 'sample')
      const [channels = 0, height = 0, width = 0] = result.dims.slice(-3)
      if (result.dims.length !== 4 || ![1, 3, 4].includes(channels))
        throw model.broken(session.file, `it gives [${result.dims.join(', ')}], which is no picture`)
      const values = unitValues(result.data, [channels, height, width], range)
      pictures.push(type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`))
      context.onProgress((i + 1) / count, `Picture ${i + 1} of ${count}`)
    }
    return pictures
  }
}

/** Without the batch; the configuration fills in what the graph leaves free. */
function latentDims(model: Model, { name, dims }: Port, file: string): number[] {
  const { latent_dim } = model.config
  return dims.slice(1).map((dim, axis) => {
    if (typeof dim === 'number') return dim
    if (axis === 0 && typeof latent_dim === 'number') return latent_dim
    throw model.broken(file, `the length of its input “${name}” is free; say latent_dim in config.json`)
  })
}

function rangeOf(model: Model): ValueRange {
  const { range = SYMMETRIC } = model.config
  const [low, high, ...more] = Array.isArray(range) ? (range as unknown[]) : []
  if (typeof low === 'number' && typeof high === 'number' && low < high && more.length === 0) return [low, high]
  throw model.broken('config.json', 'its range is not a pair of numbers, the lower one first')
}
