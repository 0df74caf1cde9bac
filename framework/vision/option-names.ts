/**
 * The options that each task's calls take, by name. What they mean is said where their types are declared: every name of
 * those has to be here, or the compiler complains.
 */

import type { OwnOptions } from './answers.ts'
import type { DiffusionOptions } from './heads/diffusion/options.ts'
import type { GenerationOptions } from './heads/generation/options.ts'
import type { TaskName } from './tasks.ts'

/** Each name of these options once. */
type NamesOf<Options> = { readonly [Name in keyof Options]-?: true }

export const GENERATION = {
  max_new_tokens: true,
  max_length: true,
  min_length: true,
  min_new_tokens: true,
  num_beams: true,
  num_return_sequences: true,
  length_penalty: true,
  early_stopping: true,
  repetition_penalty: true,
  no_repeat_ngram_size: true,
  encoder_repetition_penalty: true,
  encoder_no_repeat_ngram_size: true,
  bad_words_ids: true,
  sequence_bias: true,
  suppress_tokens: true,
  begin_suppress_tokens: true,
  forced_bos_token_id: true,
  forced_eos_token_id: true,
  eos_token_id: true,
  decoder_start_token_id: true,
  exponential_decay_length_penalty: true,
  renormalize_logits: true,
  remove_invalid_values: true,
  stop_strings: true,
  max_time: true,
  do_sample: true,
  temperature: true,
  top_k: true,
  top_p: true,
  min_p: true,
  typical_p: true,
  epsilon_cutoff: true,
  eta_cutoff: true,
  seed: true,
  decoder_input_ids: true,
} as const satisfies NamesOf<GenerationOptions>

const DIFFUSION = {
  noise: true,
  latents: true,
  step_noise: true,
  seed: true,
  num_inference_steps: true,
  timesteps: true,
  sigmas: true,
  eta: true,
  scheduler: true,
  output_type: true,
} as const satisfies NamesOf<DiffusionOptions>

export const OPTIONS: { readonly [T in TaskName]: NamesOf<OwnOptions<T>> } = {
  'background-removal': {},
  'depth-estimation': {},
  'document-question-answering': {
    word_boxes: true,
    max_answer_len: true,
    max_seq_len: true,
    doc_stride: true,
    handle_impossible_answer: true,
    ...GENERATION,
  },
  'image-classification': { top_k: true, function_to_apply: true },
  'image-feature-extraction': { pool: true },
  'image-guided-object-detection': { threshold: true, nms_threshold: true, query_choice: true },
  'image-guided-segmentation': { threshold: true },
  'image-segmentation': {
    subtask: true,
    threshold: true,
    mask_threshold: true,
    overlap_mask_area_threshold: true,
    label_ids_to_fuse: true,
    target_sizes: true,
  },
  'image-to-image': { padded: true },
  'image-to-text': { prompt: true, skip_special_tokens: true, generate_kwargs: true, ...GENERATION },
  'mask-generation': {
    input_points: true,
    input_labels: true,
    input_boxes: true,
    mask_threshold: true,
    points_per_batch: true,
    points_per_crop: true,
    crops_n_layers: true,
    crop_overlap_ratio: true,
    crop_n_points_downscale_factor: true,
    pred_iou_thresh: true,
    stability_score_thresh: true,
    stability_score_offset: true,
    crops_nms_thresh: true,
    output_rle_mask: true,
    output_bboxes_mask: true,
  },
  'object-detection': { threshold: true, percentage: true },
  'text-to-image': {
    negative_prompt: true,
    height: true,
    width: true,
    guidance_scale: true,
    guidance_rescale: true,
    num_images_per_prompt: true,
    original_inference_steps: true,
    prompt_2: true,
    negative_prompt_2: true,
    clip_skip: true,
    original_size: true,
    crops_coords_top_left: true,
    target_size: true,
    negative_original_size: true,
    negative_crops_coords_top_left: true,
    negative_target_size: true,
    ...DIFFUSION,
  },
  'unconditional-image-generation': { batch_size: true, class_labels: true, truncation_psi: true, ...DIFFUSION },
  'video-classification': {
    top_k: true,
    function_to_apply: true,
    num_frames: true,
    sampling: true,
    frame_sampling_rate: true,
  },
  'visual-question-answering': { truncation: true, ...GENERATION },
  'zero-shot-image-classification': { hypothesis_template: true },
  'zero-shot-image-segmentation': { threshold: true },
  'zero-shot-object-detection': {
    threshold: true,
    top_k: true,
    text_threshold: true,
    nms_threshold: true,
    percentage: true,
  },
  'zero-shot-video-classification': {
    hypothesis_template: true,
    num_frames: true,
    sampling: true,
    frame_sampling_rate: true,
  },
}

/** Records of options of generation, as Python's pipelines, the Hub's API and Transformers.js have them. */
export const NESTED = ['generate_kwargs', 'generation_parameters', 'generation_config']

/** What transformers' `GenerationConfig` has beside ours: refused where it would change the text, else without effect. */
export const GENERATION_BESIDE = [
  ...['bos_token_id', 'pad_token_id', 'num_beam_groups', 'diversity_penalty', 'penalty_alpha', 'constraints'],
  ...['force_words_ids', 'forced_decoder_ids', 'dola_layers', 'top_h', 'guidance_scale', 'watermarking_config'],
  ...['use_cache', 'cache_implementation', 'cache_config', 'max_cache_len', 'low_memory', 'disable_compile'],
  ...['compile_config', 'continuous_batching_config', 'prefill_chunk_size', 'return_dict_in_generate'],
  ...['output_scores', 'output_logits', 'output_attentions', 'output_hidden_states', 'token_healing', 'is_assistant'],
  ...['assistant_model', 'assistant_confidence_threshold', 'assistant_early_exit', 'assistant_ensemble_weight'],
  ...['assistant_lookbehind', 'target_lookbehind', 'num_assistant_tokens', 'num_assistant_tokens_schedule'],
  ...['prompt_lookup_num_tokens', 'max_matching_ngram_size', 'speculation_type', 'use_mtp', 'transformers_version'],
]

/** What Python's pipelines take as well and what changes no answer here. */
export const BESIDE: { readonly [T in TaskName]?: readonly string[] } = {
  'depth-estimation': ['parameters'],
  'document-question-answering': ['padding', 'max_question_len', 'lang', 'tesseract_config'],
  'image-feature-extraction': ['return_tensors'],
  'visual-question-answering': ['padding'],
  'zero-shot-image-classification': ['tokenizer_kwargs'],
}
export const ALWAYS = ['timeout', 'signal', 'onProgress']

/** The second argument, of the tasks that have one; it may stand among the options instead. */
export const SECOND: { readonly [T in TaskName]?: string } = {
  'document-question-answering': 'question',
  'image-guided-object-detection': 'query_image',
  'image-guided-segmentation': 'query_image',
  'visual-question-answering': 'question',
  'zero-shot-image-classification': 'candidate_labels',
  'zero-shot-image-segmentation': 'candidate_labels',
  'zero-shot-object-detection': 'candidate_labels',
  'zero-shot-video-classification': 'candidate_labels',
}
