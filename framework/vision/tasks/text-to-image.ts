/**
 * `pipe(prompt, options)` -> `[Image]`, one for each prompt and `num_images_per_prompt`
 *
 * Stable Diffusion in diffusers' layout for ONNX: `tokenizer/`, `text_encoder/`, `unet/`, `vae_decoder/`, `scheduler/`.
 * Options and defaults are diffusers': `negative_prompt`, `height`, `width`, `num_inference_steps` (50),
 * `guidance_scale` (7.5, nothing to be gained from 1 down), `scheduler`, `latents`, `seed`, … Sides are multiples of 8.
 */

import { CallOptions } from '../arguments.ts'
import type { DiffusionOptions } from '../heads/diffusion/options.ts'
import { openStableDiffusion } from '../heads/diffusion/stable.ts'
import { defineTask } from '../task.ts'

export interface TextToImageOptions extends DiffusionOptions {
  /** What the picture should not show; one for all prompts or one for each. */
  negative_prompt?: string | readonly string[]
  /** Pixels. Default: what the model was trained on. */
  height?: number
  width?: number
  guidance_scale?: number
  /** Takes back what strong guidance adds to contrast: 0 nothing (default), 1 all of it. */
  guidance_rescale?: number
  num_images_per_prompt?: number
}

export default defineTask({
  task: 'text-to-image',
  async open(model) {
    const make = await openStableDiffusion(model)
    return { run: ([prompt, given], context) => make(prompt, new CallOptions(given), context) }
  },
})
