/** Stable Diffusion: a text guides a UNet over latents, and a decoder makes pixels of them. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { chooseScheduler, type SchedulerConfig } from '../../schedulers/index.ts'
import { type Json, type Model, type Session, type TaskContext, tensor } from '../../task.ts'
import { type Conditioner, openConditioner } from './conditions.ts'
import { type Decoder, openDecoder } from './decoder.ts'
import { denoise, type Network } from './denoise.ts'
import { createNetwork, tellStrength } from './guidance.ts'
import { isPicture, OUTPUT_TYPES, readNoise, readPlan } from './options.ts'
import { type Shape, sampleShape } from './outputs.ts'
import { toPicture } from './pictures.ts'
import { createPreview, type Preview } from './preview.ts'
import { type Asked, readPrompts } from './prompts.ts'

/** Of a side: a UNet's memory grows with the fourth power of it. */
const MOST_PIXELS = 8192

/** What diffusers' pipelines differ in. */
interface Pipeline {
  readonly steps: number
  readonly guidance: number
  /** Whether it overrides two entries of its scheduler that old configurations have wrong. */
  readonly mendsScheduler: boolean
}

const PLAIN: Pipeline = { steps: 50, guidance: 7.5, mendsScheduler: true }
const LARGE: Pipeline = { steps: 50, guidance: 5, mendsScheduler: false }
const CONSISTENT: Pipeline = { steps: 4, guidance: 8.5, mendsScheduler: false }

function pipelineOf(model: Model, unet: Session): Pipeline {
  if (unet.wants('text_embeds')) return LARGE
  return /LatentConsistency/.test(String(model.config._class_name)) ? CONSISTENT : PLAIN
}

/** Exports of diffusers' own script have no configuration beside the graph: they are of the first Stable Diffusions. */
const UNSAID: Json = { in_channels: 4, sample_size: 64 }

interface Parts {
  readonly unet: Session
  readonly decoder: Decoder
  readonly preview: Preview
  readonly conditions: Conditioner
  readonly unetConfig: Json
  readonly scheduler: SchedulerConfig
  readonly pipeline: Pipeline
  /** Of a sample, in latents. */
  readonly shape: Shape
}

/** @throws SpaceError `model-file-missing`, `model-broken` */
export async function openStableDiffusion(model: Model) {
  const [unet, decoder] = await Promise.all([model.session('unet'), openDecoder(model)])
  const unetConfig = (await model.json('unet/config.json')) ?? {}
  const scheduler = (await model.json('scheduler/scheduler_config.json')) ?? {}
  const parts: Parts = {
    unet,
    decoder,
    preview: createPreview(decoder),
    conditions: await openConditioner(model, unet),
    unetConfig,
    scheduler,
    pipeline: pipelineOf(model, unet),
    shape: sampleShape(unet, { ...UNSAID, ...unetConfig }, model),
  }
  return (prompt: unknown, options: CallOptions, context: TaskContext) => paint(parts, prompt, options, context)
}

async function paint(parts: Parts, prompt: unknown, options: CallOptions, context: TaskContext) {
  const asked = readPrompts(prompt, options)
  const dims = latentShape(parts, options)
  const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
  const size = dims[0] * dims[1] * dims[2]
  const noise = readNoise(options, asked.length)
  const start = noise.start(asked.length * size)
  const samples = await denoise({
    scheduler: schedulerFor(parts, options),
    plan: readPlan(options, parts.pipeline.steps),
    noise: asked.map((_, i) => start.slice(i * size, (i + 1) * size)),
    networks: await guidedNetworks(parts, asked, dims, options, context),
    draw: () => noise.next(asked.length * size),
    ...(isPicture(type) && { preview: (latents) => previews(parts.preview, latents, dims, context) }),
    context,
  })
  const results = []
  for (const [i, sample] of samples.entries()) {
    if (type === 'latent') results.push(tensor('float32', sample, dims))
    else {
      const values = await parts.decoder.decode(sample, dims, context)
      results.push(type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`))
    }
  }
  return results
}

async function previews(preview: Preview, all: readonly Float32Array[], dims: Shape, context: TaskContext) {
  const pictures = []
  for (const latents of all) pictures.push(await preview.picture(latents, dims, context))
  return pictures.includes(null) ? undefined : pictures
}

function schedulerFor({ scheduler: own, pipeline }: Parts, options: CallOptions): SchedulerConfig {
  const asked = options.get('scheduler')
  const given = chooseScheduler(asked, own)
  const chosen = pipeline.mendsScheduler ? mended(given, typeof asked === 'string') : given
  return {
    ...chosen,
    original_inference_steps: options.get('original_inference_steps') ?? chosen.original_inference_steps,
  }
}

/** As the pipeline is made. A class that is named later takes over only what the model's own configuration says. */
function mended(config: SchedulerConfig, named: boolean): SchedulerConfig {
  const right = Object.entries({ steps_offset: 1, clip_sample: false })
  return { ...config, ...Object.fromEntries(right.filter(([key]) => !named || key in config)) }
}

/** Sides as the call asks for them in pixels, or as the model was trained. */
function latentShape({ shape: [channels, height, width], decoder: { reduction } }: Parts, options: CallOptions): Shape {
  const side = (name: 'height' | 'width', usual: number) => {
    const pixels = options.number(name, usual * reduction, { min: reduction, max: MOST_PIXELS, integer: true })
    if (pixels % 8 || pixels % reduction) throw expected(name, 'a multiple of 8', pixels)
    return pixels / reduction
  }
  return [channels, side('height', height), side('width', width)]
}

/** One for each picture; pictures of one prompt share theirs. */
async function guidedNetworks(
  { unet, unetConfig, conditions, pipeline, decoder }: Parts,
  all: readonly Asked[],
  dims: Shape,
  options: CallOptions,
  context: TaskContext,
): Promise<Network[]> {
  const guidance = options.number('guidance_scale', pipeline.guidance)
  const rescale = options.number('guidance_rescale', 0, { min: 0 })
  const told = tellStrength(unet, unetConfig, guidance)
  const guided = guidance > 1 && !told
  const frame = { height: dims[1] * decoder.reduction, width: dims[2] * decoder.reduction }
  const known = new Map<Asked, Network>()
  for (const asked of new Set(all)) {
    const feeds = await conditions({ asked, guided, frame, options, context })
    const conditioned = told ? { ...feeds, timestep_cond: told } : feeds
    known.set(asked, createNetwork(unet, conditioned, { dims, guidance, rescale, context }))
  }
  return all.map((asked) => known.get(asked) as Network)
}
