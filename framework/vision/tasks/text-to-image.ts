/**
 * `pipe(prompt, options)` -> `[Image]`, one for each prompt and `num_images_per_prompt`
 *
 * Stable Diffusion 1.x, 2.x and XL, their Turbo kinds and latent consistency models, in diffusers' layout for ONNX:
 * `tokenizer/`, `text_encoder/`, `unet/`, `vae_decoder/`, `scheduler/`, for XL also `tokenizer_2/`, `text_encoder_2/`.
 * Options and defaults are those of diffusers' pipeline for the model: `num_inference_steps` 50 (consistency models 4),
 * `guidance_scale` 7.5 (XL 5, consistency models 8.5; not asked for from 1 down), sides as trained and multiples of 8.
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
  /** Consistency models: how many steps they were distilled on. Default: as the scheduler's configuration says. */
  original_inference_steps?: number
  /** XL: what the second text encoder reads instead. */
  prompt_2?: string | readonly string[]
  negative_prompt_2?: string | readonly string[]
  /** XL: how many of the text encoders' last layers to leave out beside the very last. Default 0. */
  clip_skip?: number
  /** XL: the size that the picture should look as if it had had, `[height, width]`. Default: that of the picture. */
  original_size?: readonly [height: number, width: number]
  /** XL: how much it should look cut off, `[top, left]`. Default `[0, 0]`. */
  crops_coords_top_left?: readonly [top: number, left: number]
  /** XL: the size to be. Default: that of the picture. */
  target_size?: readonly [height: number, width: number]
  /** XL: the same for what is not wanted; they count where both sizes are given. */
  negative_original_size?: readonly [height: number, width: number]
  negative_crops_coords_top_left?: readonly [top: number, left: number]
  negative_target_size?: readonly [height: number, width: number]
}

export default defineTask({
  task: 'text-to-image',
  async open(model) {
    const make = await openStableDiffusion(model)
    return { run: ([prompt, given], context) => make(prompt, new CallOptions(given), context) }
  },
})
