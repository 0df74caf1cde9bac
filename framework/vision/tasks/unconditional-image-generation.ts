/**
 * `pipe({ num_inference_steps, batch_size = 1, seed, noise, step_noise, scheduler, eta, output_type })` -> `[Image]`
 *
 * Diffusion models in diffusers' layout (`unet/`, `scheduler/`), and plain generators: one graph from a vector of noise to
 * a picture, as GANs and decoders of autoencoders are. A generator's `config.json` may say `latent_dim` and the `range` of
 * its values (`[-1, 1]`).
 */

import { CallOptions } from '../arguments.ts'
import { openGenerator } from '../heads/diffusion/generator.ts'
import type { DiffusionOptions } from '../heads/diffusion/options.ts'
import { openUnet } from '../heads/diffusion/unconditional.ts'
import { defineTask } from '../task.ts'

export interface UnconditionalImageGenerationOptions extends DiffusionOptions {
  /** How many pictures. Default 1. */
  batch_size?: number
}

export default defineTask({
  task: 'unconditional-image-generation',
  async open(model) {
    const make = model.hasSession('unet') ? await openUnet(model) : await openGenerator(model)
    return { run: ([given], context) => make(new CallOptions(given), context) }
  },
})
