/** A diffusion model without a prompt: a UNet over pixels. */

import type { CallOptions } from '../../arguments.ts'
import { runGraph } from '../../feeds.ts'
import { chooseScheduler, type SchedulerConfig } from '../../schedulers/index.ts'
import { type Json, type Model, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import { denoise, type Network } from './denoise.ts'
import { givenCount, MOST_PICTURES, OUTPUT_TYPES, readNoise } from './options.ts'
import { toPicture, unitValues } from './pictures.ts'

/** What diffusers' pipelines take where nothing is said: DDPM walks every timestep. */
const usualSteps = ({ _class_name }: SchedulerConfig) => (_class_name === 'DDPMScheduler' ? 1000 : 50)

export async function openUnet(model: Model) {
  const unet = await model.session('unet')
  const shape = sampleShape(unet, (await model.json('unet/config.json')) ?? {}, model)
  const own = (await model.json('scheduler/scheduler_config.json')) ?? {}
  const size = shape[0] * shape[1] * shape[2]

  return async (options: CallOptions, context: TaskContext) => {
    const count = options.number('batch_size', givenCount(options), { min: 1, max: MOST_PICTURES, integer: true })
    const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
    const scheduler = chooseScheduler(options.get('scheduler'), own)
    const noise = readNoise(options)
    const start = noise.start(count * size)
    const network: Network = async (input, timestep) => {
      const feeds = { sample: tensor('float32', input, [1, ...shape]), timestep: timestepFor(unet, timestep) }
      return unet.floats(await runGraph(unet, feeds, context), 'out_sample').data
    }
    const samples = await denoise({
      scheduler,
      steps: options.number('num_inference_steps', usualSteps(scheduler), { min: 1, integer: true }),
      eta: options.number('eta', 0, { min: 0 }),
      noise: Array.from({ length: count }, (_, i) => start.slice(i * size, (i + 1) * size)),
      networks: new Array<Network>(count).fill(network),
      draw: () => noise.next(count * size),
      context,
    })
    return context.time('postprocess', () =>
      samples.map((sample, i) => {
        if (type === 'latent') return tensor('float32', sample, shape)
        const values = unitValues(sample, shape)
        return type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`)
      }),
    )
  }
}

export type Shape = readonly [channels: number, height: number, width: number]

/** What the graph fixes, then what `unet/config.json` says. */
export function sampleShape(unet: Session, config: Json, model: Model): Shape {
  const dims = unet.inputs.find(({ name }) => name === 'sample')?.dims ?? []
  const said = config.sample_size
  const [height, width] = Array.isArray(said) ? said : [said, said]
  const shape = [config.in_channels, height, width].map((value, axis) => {
    const fixed = dims[axis + 1]
    return typeof fixed === 'number' ? fixed : value
  })
  if (shape.every((value): value is number => typeof value === 'number')) return shape as unknown as Shape
  throw model.broken('unet/config.json', 'it says no in_channels and sample_size, and the graph fixes neither')
}

/** A number, or a list of one: exporters differ. */
export function timestepFor(unet: Session, timestep: number): Tensor<'float32'> {
  const scalar = unet.inputs.find(({ name }) => name === 'timestep')?.dims.length === 0
  return tensor('float32', Float32Array.of(timestep), scalar ? [] : [1])
}
