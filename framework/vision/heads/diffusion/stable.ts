/** Stable Diffusion: a text guides a UNet over latents, and a decoder makes pixels of them. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { runGraph } from '../../feeds.ts'
import { chooseScheduler } from '../../schedulers/index.ts'
import { type Json, type Model, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import { openTokenizer, type Tokenizer } from '../../text/tokenizer.ts'
import { denoise, type Network } from './denoise.ts'
import { createNetwork, tellStrength } from './guidance.ts'
import { MOST_PICTURES, OUTPUT_TYPES, readNoise } from './options.ts'
import { toPicture, unitValues } from './pictures.ts'
import { type Shape, sampleShape } from './unconditional.ts'

/** Of a side: a UNet's memory grows with the fourth power of it. */
const MOST_PIXELS = 8192
const USUAL_STEPS = 50
const USUAL_GUIDANCE = 7.5
/** Of the first Stable Diffusion, which its configuration does not always repeat. */
const USUAL_SCALING = 0.18215

interface Parts {
  readonly unet: Session
  readonly decoder: Session
  readonly encoder: Session
  readonly tokenizer: Tokenizer
  readonly unetConfig: Json
  readonly vae: Json
  readonly scheduler: Json
  /** Of a sample, in latents. */
  readonly shape: Shape
}

/** @throws SpaceError `model-file-missing`, `model-broken` */
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
  const scheduler = (await model.json('scheduler/scheduler_config.json')) ?? {}
  const shape = sampleShape(unet, unetConfig, model)
  const parts: Parts = { unet, decoder, encoder, tokenizer, unetConfig, vae, scheduler, shape }
  return (prompt: unknown, options: CallOptions, context: TaskContext) => paint(parts, prompt, options, context)
}

async function paint(parts: Parts, prompt: unknown, options: CallOptions, context: TaskContext) {
  const asked = readPrompts(prompt, options)
  const dims = latentShape(parts, options)
  const type = options.oneOf('output_type', OUTPUT_TYPES) ?? 'image'
  const size = dims[0] * dims[1] * dims[2]
  const noise = readNoise(options)
  const start = noise.start(asked.length * size)
  const samples = await denoise({
    scheduler: chooseScheduler(options.get('scheduler'), parts.scheduler),
    steps: options.number('num_inference_steps', USUAL_STEPS, { min: 1, integer: true }),
    eta: options.number('eta', 0, { min: 0 }),
    noise: asked.map((_, i) => start.slice(i * size, (i + 1) * size)),
    networks: await guidedNetworks(parts, asked, dims, readGuidance(options), context),
    draw: () => noise.next(asked.length * size),
    context,
  })
  const results = []
  for (const [i, sample] of samples.entries()) {
    if (type === 'latent') results.push(tensor('float32', sample, dims))
    else {
      const values = await decode(parts, sample, dims, context)
      results.push(type === 'np' ? values : toPicture(values, `generated-${i + 1}.png`))
    }
  }
  return results
}

interface Strength {
  readonly guidance: number
  readonly rescale: number
}

const readGuidance = (options: CallOptions): Strength => ({
  guidance: options.number('guidance_scale', USUAL_GUIDANCE),
  rescale: options.number('guidance_rescale', 0, { min: 0 }),
})

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
  const each = options.number('num_images_per_prompt', 1, { min: 1, max: MOST_PICTURES, integer: true })
  return texts.flatMap((text, i) => Array.from({ length: each }, () => ({ text, not: against[i] as string })))
}

/** Sides as the call asks for them in pixels, or as the model was trained. */
function latentShape({ shape: [channels, height, width], vae }: Parts, options: CallOptions): Shape {
  const reduction = 2 ** (Array.isArray(vae.block_out_channels) ? vae.block_out_channels.length - 1 : 3)
  const side = (name: 'height' | 'width', usual: number) => {
    const pixels = options.number(name, usual * reduction, { min: reduction, max: MOST_PIXELS, integer: true })
    if (pixels % 8 || pixels % reduction) throw expected(name, 'a multiple of 8', pixels)
    return pixels / reduction
  }
  return [channels, side('height', height), side('width', width)]
}

/** `[texts, tokens, features]` */
async function encode({ tokenizer, encoder }: Parts, texts: readonly string[], context: TaskContext) {
  const { input_ids } = tokenizer.batch(texts, { padding: 'max' })
  const attention_mask = tensor('int64', new BigInt64Array(input_ids.data.length).fill(1n), input_ids.dims)
  return encoder.floats(await runGraph(encoder, { input_ids, attention_mask }, context), 'last_hidden_state')
}

/** One for each picture; pictures of one prompt share theirs. */
async function guidedNetworks(
  parts: Parts,
  asked: readonly Asked[],
  dims: Shape,
  { guidance, rescale }: Strength,
  context: TaskContext,
): Promise<Network[]> {
  const told = tellStrength(parts.unet, parts.unetConfig, guidance)
  const guided = guidance > 1 && !told
  const known = new Map<string, Network>()
  const networks: Network[] = []
  for (const { text, not } of asked) {
    const key = JSON.stringify([not, text])
    const network =
      known.get(key) ??
      createNetwork(parts.unet, await encode(parts, guided ? [not, text] : [text], context), {
        dims,
        guidance,
        rescale,
        told,
        context,
      })
    known.set(key, network)
    networks.push(network)
  }
  return networks
}

async function decode(
  { decoder, vae }: Parts,
  latents: Float32Array,
  dims: Shape,
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
