/**
 * `pipe({ num_inference_steps, batch_size = 1, seed, noise, step_noise, scheduler, eta, class_labels, output_type })` -> `[Image]`
 *
 * Diffusion models in diffusers' layout (`unet/`, `scheduler/`, with `vae_decoder/` those over latents), decoders of
 * autoencoders alone (`vae_decoder/`), and plain generators: one graph from noise to a picture, as GANs are. Its noise may
 * be a vector or a map; it may ask for a class (by number or as a row with a one) and for a truncation; pictures come
 * channels first or last, as numbers or bytes. Its `config.json` may say `latent_dim`, `num_classes` and the `range` of its
 * values (`[-1, 1]`).
 */

import { CallOptions } from '../arguments.ts'
import { openGenerator } from '../heads/diffusion/generator.ts'
import { openLoneDecoder } from '../heads/diffusion/lone-decoder.ts'
import type { DiffusionOptions } from '../heads/diffusion/options.ts'
import { openUnet } from '../heads/diffusion/unconditional.ts'
import { defineTask } from '../task.ts'

export interface UnconditionalImageGenerationOptions extends DiffusionOptions {
  /** How many pictures. Default 1. */
  batch_size?: number
  /** For models of classes: the number of one, or one for each picture. */
  class_labels?: number | readonly number[]
  /** For generators that ask for it: how far from the average picture to go. Default 1, all the way. */
  truncation_psi?: number
}

export default defineTask({
  task: 'unconditional-image-generation',
  async open(model) {
    const open = model.hasSession('unet') ? openUnet : model.hasSession('vae_decoder') ? openLoneDecoder : openGenerator
    const make = await open(model)
    return { run: ([given], context) => make(new CallOptions(given), context) }
  },
})
