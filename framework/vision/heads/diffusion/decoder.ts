/** From latents to pictures: the decoder of an autoencoder, by its configuration. */

import { runGraph } from '../../feeds.ts'
import { type Json, type Model, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import { mainOutput, type Shape } from './outputs.ts'
import { unitValues } from './pictures.ts'

/** Of the first Stable Diffusion, which its configuration does not always repeat. */
const USUAL_SCALING = 0.18215
const USUAL_REDUCTION = 8

export interface Decoder {
  readonly session: Session
  readonly config: Json
  /** How many pixels of a side one latent stands for. */
  readonly reduction: number
  /** Values `[height, width, channels]` in 0..1. */
  decode(latents: Float32Array, dims: Shape, context: TaskContext): Promise<Tensor<'float32'>>
}

/** @throws SpaceError `model-file-missing`, `model-broken` */
export async function openDecoder(model: Model): Promise<Decoder> {
  const session = await model.session('vae_decoder')
  const config =
    (await model.json('vae_decoder/config.json')) ??
    (await model.json('vae/config.json')) ??
    (await model.json('vqvae/config.json')) ??
    {}
  const { block_out_channels } = config
  const input = session.inputs[0]?.name ?? 'latent_sample'
  return {
    session,
    config,
    reduction: Array.isArray(block_out_channels) ? 2 ** (block_out_channels.length - 1) : USUAL_REDUCTION,
    async decode(latents, dims, context) {
      const unscaled = unscale(config, latents, dims)
      const outputs = await runGraph(session, { [input]: tensor('float32', unscaled, [1, ...dims]) }, context)
      const { data, dims: found } = mainOutput(session, outputs, 'sample')
      const [channels = 3, height = 0, width = 0] = found.slice(-3)
      return unitValues(data, [channels, height, width])
    },
  }
}

/** What training did to latents is undone: one factor, and with some models a mean and a spread for each channel. */
function unscale(config: Json, latents: Float32Array, [, height, width]: Shape): Float32Array {
  const scaling = typeof config.scaling_factor === 'number' ? config.scaling_factor : USUAL_SCALING
  const { latents_mean: means, latents_std: spreads } = config
  if (Array.isArray(means) && Array.isArray(spreads)) {
    const channelOf = (i: number) => Math.floor(i / (height * width))
    return latents.map((value, i) => Math.fround(value * spreads[channelOf(i)]) / scaling + means[channelOf(i)])
  }
  const shift = typeof config.shift_factor === 'number' ? config.shift_factor : 0
  return latents.map((value) => value / scaling + shift)
}
