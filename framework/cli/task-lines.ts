/** What each task takes on the line of `spaces run`. */

import type { TaskName } from '#vision/index.ts'

export interface TaskLine {
  /** What stands behind the model, once or many times. */
  readonly subject: 'picture' | 'video' | 'prompt' | 'nothing'
  /** The flag that gives the call its second argument. */
  readonly second?: 'labels' | 'question' | 'query'
  /** The options that are used most; every other one is taken as well. */
  readonly options: readonly string[]
}

const READING = ['prompt', 'max_new_tokens', 'num_beams', 'do_sample', 'temperature', 'repetition_penalty']
const MAKING = ['num_inference_steps', 'scheduler', 'seed', 'eta']

export const TASK_LINES: Readonly<Record<TaskName, TaskLine>> = {
  'background-removal': { subject: 'picture', options: [] },
  'depth-estimation': { subject: 'picture', options: [] },
  'document-question-answering': {
    subject: 'picture',
    second: 'question',
    options: ['top_k', 'word_boxes', 'max_answer_len', 'doc_stride', 'handle_impossible_answer'],
  },
  'image-classification': { subject: 'picture', options: ['top_k', 'function_to_apply'] },
  'image-feature-extraction': { subject: 'picture', options: ['pool'] },
  'image-guided-object-detection': {
    subject: 'picture',
    second: 'query',
    options: ['threshold', 'nms_threshold', 'query_choice'],
  },
  'image-guided-segmentation': { subject: 'picture', second: 'query', options: ['threshold'] },
  'image-segmentation': {
    subject: 'picture',
    options: ['subtask', 'threshold', 'mask_threshold', 'overlap_mask_area_threshold', 'label_ids_to_fuse'],
  },
  'image-to-image': { subject: 'picture', options: ['padded'] },
  'image-to-text': { subject: 'picture', options: READING },
  'mask-generation': {
    subject: 'picture',
    options: ['input_points', 'input_labels', 'input_boxes', 'points_per_crop', 'pred_iou_thresh', 'output_rle_mask'],
  },
  'object-detection': { subject: 'picture', options: ['threshold', 'percentage'] },
  'text-to-image': {
    subject: 'prompt',
    options: ['negative_prompt', 'width', 'height', 'guidance_scale', 'num_images_per_prompt', ...MAKING],
  },
  'unconditional-image-generation': { subject: 'nothing', options: ['batch_size', 'class_labels', ...MAKING] },
  'video-classification': { subject: 'video', options: ['top_k', 'num_frames', 'frame_sampling_rate'] },
  'visual-question-answering': { subject: 'picture', second: 'question', options: ['top_k'] },
  'zero-shot-image-classification': { subject: 'picture', second: 'labels', options: ['hypothesis_template'] },
  'zero-shot-image-segmentation': { subject: 'picture', second: 'labels', options: ['threshold'] },
  'zero-shot-object-detection': {
    subject: 'picture',
    second: 'labels',
    options: ['threshold', 'top_k', 'text_threshold', 'percentage'],
  },
  'zero-shot-video-classification': { subject: 'video', second: 'labels', options: ['hypothesis_template'] },
}

/** Options that are there or not: what stands behind one is not its value, unless it is `true` or `false`. */
export const SWITCHES = [
  'do_sample',
  'handle_impossible_answer',
  'output_bboxes_mask',
  'output_rle_mask',
  'padded',
  'percentage',
  'pool',
  'remove_invalid_values',
  'renormalize_logits',
  'skip_special_tokens',
  'truncation',
]

const SUBJECTS = { picture: '<picture …>', video: '<video or folder of frames …>', prompt: '<prompt …>', nothing: '' }

/** `<picture …> --labels` and the task's options, for `--help`. */
export function describeLine({ subject, second, options }: TaskLine): string {
  const optional = options.map((name) => `[--${name}]`)
  return [SUBJECTS[subject], ...(second ? [`--${second}`] : []), ...optional].filter((part) => part !== '').join(' ')
}
