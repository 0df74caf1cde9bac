/** A diffusion model without a prompt: a UNet over pixels, or over latents where the model has a decoder. */

import type { CallOptions } from '../../arguments.ts'
import { runGraph } from '../../feeds.ts'
import { chooseScheduler, type SchedulerConfig } from '../../schedulers/index.ts'
import { type Feeds, type Json, type Model, type Session, type TaskContext, tensor } from '../../task.ts'
import { type Decoder, openDecoder } from './decoder.ts'
import { denoise, type Network } from './denoise.ts'
import { readClasses } from './generator-inputs.ts'
import { givenCount, isPicture, MOST_PICTURES, OUTPUT_TYPES, readNoise, readPlan } from './options.ts'
import { mainOutput, type Shape, sampleShape, timestepFor } from './outputs.ts'
import { toPicture, unitValues } from './pictures.ts'

/** What diffusers' pipelines take where nothing is said: DDPM walks every timestep, consistency models take one. */
const STEPS: Readonly<Record<string, number>> = { DDPM: 1000, CMStochasticIterative: 1, ConsistencyModel: 1 }
const USUAL_STEPS = 50

const stepsOf = (name: unknown): number | undefined => STEPS[String(name).replace(/(Pipeline|Scheduler)$/, '')]

function usualSteps({ _class_name: pipeline }: Json, { _class_name: scheduler }: SchedulerConfig): number {
  return stepsOf(pipeline) ?? (pipeline === 'DDIMPipeline' ? USUAL_STEPS : (stepsOf(scheduler) ?? USUAL_STEPS))
}

/** Two pipelines bring their own scheduler, whatever the model's folder says, and take its settings over. */
function ownScheduler({ _class_name: pipeline }: Json, config: SchedulerConfig): SchedulerConfig {
  const bound = /^(DDIM|PNDM)Pipeline$/.exec(String(pipeline))?.[1]
  return bound ? { ...config, _class_name: `${bound}Scheduler` } : config
}

export async function openUnet(model: Model) {
  const unet = await model.session('unet')
  const config = (await model.json('unet/config.json')) ?? {}
  const shape = sampleShape(unet, config, model)
  const own = ownScheduler(model.config, (await model.json('scheduler/scheduler_config.json')) ?? {})
  const decoder = model.hasSession('vae_decoder') ? await openDecoder(model) : null
  const size = shape[0] * shape[1] * shape[2]

  return async (options: CallOptions, context: TaskContext) => {
    const count = options.number('batch_size', givenCount(options), { min: 1, max: MOST_PICTURES, integer: true })
    const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
    const asked = options.get('scheduler')
    const scheduler = chooseScheduler(asked, own)
    const noise = readNoise(options, count)
    const start = noise.start(count * size)
    const classes = unet.wants('class_labels') ? readClasses(options, config.num_class_embeds) : null
    const samples = await denoise({
      scheduler,
      plan: readPlan(options, usualSteps(asked ? {} : model.config, scheduler)),
      noise: Array.from({ length: count }, (_, i) => start.slice(i * size, (i + 1) * size)),
      networks: Array.from({ length: count }, (_, i) => createNetwork(unet, shape, classes?.(i), context)),
      draw: () => noise.next(count * size),
      ...(isPicture(type) && !decoder && { preview: (all) => previews(all, shape, context) }),
      context,
    })
    const results = []
    for (const [i, sample] of samples.entries()) {
      if (type === 'latent') results.push(tensor('float32', sample, shape))
      else {
        const values = await picture(sample, shape, decoder, context)
        results.push(type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`))
      }
    }
    return results
  }
}

function createNetwork(unet: Session, shape: Shape, label: number | undefined, context: TaskContext): Network {
  const class_labels = label === undefined ? undefined : tensor('int64', BigInt64Array.of(BigInt(label)), [1])
  return async (input, timestep) => {
    const sample = tensor('float32', input, [1, ...shape])
    const feeds: Feeds = { sample, timestep: timestepFor(unet, timestep), class_labels }
    return mainOutput(unet, await runGraph(unet, feeds, context), 'out_sample').data
  }
}

async function previews(all: readonly Float32Array[], shape: Shape, context: TaskContext) {
  return context.time('postprocess', () => all.map((sample) => toPicture(unitValues(sample, shape), 'preview.png')))
}

async function picture(sample: Float32Array, shape: Shape, decoder: Decoder | null, context: TaskContext) {
  return decoder ? decoder.decode(sample, shape, context) : context.time('postprocess', () => unitValues(sample, shape))
}
