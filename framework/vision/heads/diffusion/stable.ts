/** Stable Diffusion: a text guides a UNet over latents, and a decoder makes pixels of them. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { runGraph } from '../../feeds.ts'
import { chooseScheduler } from '../../schedulers/index.ts'
import { type Json, type Model, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import { openTokenizer } from '../../text/tokenizer.ts'
import { denoise, type Network } from './denoise.ts'
import { OUTPUT_TYPES, readNoise } from './options.ts'
import { toPicture, unitValues } from './pictures.ts'
import { sampleShape, timestepFor } from './unconditional.ts'

const USUAL_STEPS = 50
const USUAL_GUIDANCE = 7.5
/** Of the first Stable Diffusion, which its configuration does not always repeat. */
const USUAL_SCALING = 0.18215

export async function openStableDiffusion(model: Model) {
  const [unet, decoder, encoder, tokenizer] = await Promise.all([
    model.session('unet'),
    model.session('vae_decoder'),
    model.session('text_encoder'),
    openTokenizer(model, 'tokenizer/'),
  ])
  if (unet.wants('text_embeds'))
    throw model.broken(
      unet.file,
      'it is a Stable Diffusion XL, which takes a second text encoder; that is not done here',
    )
  const unetConfig = (await model.json('unet/config.json')) ?? {}
  const vae = (await model.json('vae_decoder/config.json')) ?? (await model.json('vae/config.json')) ?? {}
  const own = (await model.json('scheduler/scheduler_config.json')) ?? {}
  const shape = sampleShape(unet, unetConfig, model)
  const reduction = 2 ** (Array.isArray(vae.block_out_channels) ? vae.block_out_channels.length - 1 : 3)

  /** `[texts, tokens, features]` */
  const encode = async (texts: readonly string[], context: TaskContext): Promise<Tensor<'float32'>> => {
    const { input_ids } = tokenizer.batch(texts, { padding: 'max' })
    const attention_mask = tensor('int64', new BigInt64Array(input_ids.data.length).fill(1n), input_ids.dims)
    return encoder.floats(await runGraph(encoder, { input_ids, attention_mask }, context), 'last_hidden_state')
  }

  return async (prompt: unknown, options: CallOptions, context: TaskContext) => {
    const asked = readPrompts(prompt, options)
    const side = (name: 'height' | 'width', usual: number) => sideOf(options, name, usual, reduction)
    const [channels, height, width] = [shape[0], side('height', shape[1]), side('width', shape[2])] as const
    const guidance = options.number('guidance_scale', USUAL_GUIDANCE)
    const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
    const size = channels * height * width
    const noise = readNoise(options)
    const start = noise.start(asked.length * size)
    const told = tellStrength(unet, unetConfig, guidance)
    const guided = guidance > 1 && !told

    const networks = new Map<string, Network>()
    for (const { text, not } of asked) {
      if (networks.has(`${not}\n${text}`)) continue
      const states = await encode(guided ? [not, text] : [text], context)
      networks.set(
        `${not}\n${text}`,
        createNetwork(unet, states, { dims: [channels, height, width], guidance, told, context }),
      )
    }
    const samples = await denoise({
      scheduler: chooseScheduler(options.get('scheduler'), own),
      steps: options.number('num_inference_steps', USUAL_STEPS, { min: 1, integer: true }),
      eta: options.number('eta', 0, { min: 0 }),
      noise: asked.map((_, i) => start.slice(i * size, (i + 1) * size)),
      draw: () => noise.next(asked.length * size),
      context,
      networks: asked.map(({ text, not }) => networks.get(`${not}\n${text}`) as Network),
    })
    const results = []
    for (const [i, sample] of samples.entries()) {
      if (type === 'latent') results.push(tensor('float32', sample, [channels, height, width]))
      else {
        const values = await decode(decoder, sample, [channels, height, width], vae, context)
        results.push(type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`))
      }
    }
    return results
  }
}

interface Asked {
  readonly text: string
  readonly not: string
}

/** One for each picture, those of a prompt next to each other. */
function readPrompts(prompt: unknown, options: CallOptions): Asked[] {
  const wants = 'a prompt, or a list of prompts'
  const texts = Array.isArray(prompt) ? prompt : [prompt]
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === 'string'))
    throw expected('prompt', wants, prompt, 'Say what the picture should show.')
  const given = options.get('negative_prompt') ?? ''
  const against: unknown[] = Array.isArray(given) ? given : texts.map(() => given)
  if (against.length !== texts.length || !against.every((text): text is string => typeof text === 'string'))
    throw expected('negative_prompt', 'a text, or one for each prompt', given)
  const each = options.number('num_images_per_prompt', 1, { min: 1, integer: true })
  return texts.flatMap((text, i) => Array.from({ length: each }, () => ({ text, not: against[i] as string })))
}

/** A side in latents. */
function sideOf(options: CallOptions, name: 'height' | 'width', usual: number, reduction: number): number {
  const pixels = options.number(name, usual * reduction, { min: reduction, integer: true })
  if (pixels % 8 || pixels % reduction) throw expected(name, 'a multiple of 8', pixels)
  return pixels / reduction
}

/**
 * Models distilled from guided ones are told the strength of guidance in place of being asked twice.
 * The embedding is that of a timestep a thousand times the strength.
 */
function tellStrength(unet: Session, config: Json, guidance: number): Tensor<'float32'> | null {
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
  readonly dims: readonly [number, number, number]
  readonly guidance: number
  readonly told: Tensor<'float32'> | null
  readonly context: TaskContext
}

/** @param states - of the prompt, or of what is not wanted and the prompt. */
function createNetwork(unet: Session, states: Tensor<'float32'>, { dims, guidance, told, context }: Guidance): Network {
  const [ways = 1] = states.dims
  return async (input, timestep) => {
    const sample = new Float32Array(ways * input.length)
    for (let way = 0; way < ways; way++) sample.set(input, way * input.length)
    const feeds = {
      sample: tensor('float32', sample, [ways, ...dims]),
      timestep: timestepFor(unet, timestep),
      encoder_hidden_states: states,
      ...(told ? { timestep_cond: told } : {}),
    }
    const { data } = unet.floats(await runGraph(unet, feeds, context), 'out_sample')
    if (ways === 1) return data
    const without = data.subarray(0, input.length)
    return data
      .subarray(input.length)
      .map((value, i) => (without[i] as number) + guidance * (value - (without[i] as number)))
  }
}

async function decode(
  decoder: Session,
  latents: Float32Array,
  dims: readonly [number, number, number],
  vae: Json,
  context: TaskContext,
): Promise<Tensor<'float32'>> {
  const scaling = typeof vae.scaling_factor === 'number' ? vae.scaling_factor : USUAL_SCALING
  const shift = typeof vae.shift_factor === 'number' ? vae.shift_factor : 0
  const latent_sample = tensor(
    'float32',
    latents.map((value) => value / scaling + shift),
    [1, ...dims],
  )
  const outputs = await runGraph(decoder, { latent_sample }, context)
  const { data, dims: found } = decoder.floats(outputs, 'sample')
  const [channels = 3, height = 0, width = 0] = found.slice(-3)
  return unitValues(data, [channels, height, width])
}
