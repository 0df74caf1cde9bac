/** The decoder of an autoencoder alone: what it makes of noise that is spread as its latents are. */

import type { CallOptions } from '../../arguments.ts'
import { type Model, type TaskContext, tensor, throwIfCancelled } from '../../task.ts'
import { openDecoder } from './decoder.ts'
import { givenCount, MOST_PICTURES, OUTPUT_TYPES, readNoise } from './options.ts'
import { sampleShape } from './outputs.ts'
import { toPicture } from './pictures.ts'

const USUAL_SIDE = 512

export async function openLoneDecoder(model: Model) {
  const decoder = await openDecoder(model)
  const { latent_channels = 4, sample_size = USUAL_SIDE } = decoder.config
  const side = typeof sample_size === 'number' ? sample_size / decoder.reduction : sample_size
  const shape = sampleShape(
    decoder.session,
    { in_channels: latent_channels, sample_size: side },
    model,
    'latent_sample',
  )
  const size = shape[0] * shape[1] * shape[2]

  return async (options: CallOptions, context: TaskContext) => {
    const count = options.number('batch_size', givenCount(options), { min: 1, max: MOST_PICTURES, integer: true })
    const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
    const noise = readNoise(options, count).start(count * size)
    const results = []
    for (let i = 0; i < count; i++) {
      throwIfCancelled(context.signal)
      const sample = noise.slice(i * size, (i + 1) * size)
      const values = type === 'latent' ? tensor('float32', sample, shape) : await decoder.decode(sample, shape, context)
      results.push(type === 'np' || type === 'latent' ? values : toPicture(values, `generated-${i + 1}.png`))
      context.onProgress((i + 1) / count, `Picture ${i + 1} of ${count}`)
    }
    return results
  }
}
