/** What the Hub has that no task here runs, by its own names, and what to do instead. */

import { SpaceError } from '#core/errors.ts'
import { nearest } from '#core/nearest.ts'
import type { Json } from './task.ts'
import type { TaskFile, TaskName } from './tasks.ts'

const TALK =
  'Take BLIP, GIT or Florence-2, which write captions and answers, or run a chat model with @huggingface/transformers in the task function.'
const POSE =
  'Give its graph to onnx(…) with the head keypoints, and the part of the picture that shows one person, or run it with openModel(…).'

/** Tasks of the Hub without a file in `tasks/`, and other names of those that have one. */
const TASKS_ELSEWHERE: Readonly<Record<string, string>> = {
  'any-to-any': TALK,
  'feature-extraction': 'For pictures it is called image-feature-extraction.',
  'image-matting': 'Take background-removal, or run the graph with openModel(…).',
  'image-text-to-text': TALK,
  'keypoint-detection': POSE,
  'keypoint-matching': 'Run the graph with openModel(…): it gives keypoints, scores and matches.',
  'question-answering': 'About pictures it is visual-question-answering, about pages document-question-answering.',
  'video-text-to-text': TALK,
  vqa: 'It is called visual-question-answering.',
  'zero-shot-classification': 'For pictures it is called zero-shot-image-classification.',
}

/** A task that is not among those known: what to do instead, or which one was meant. */
export function taskUnsupported(task: string, known: readonly string[]): SpaceError {
  const hint = new Map(Object.entries(TASKS_ELSEWHERE)).get(task) ?? nearest(task, known)
  return new SpaceError('task-unsupported', { task, known, ...(hint ? { hint } : {}) })
}

interface Kind {
  /** Follows “got”. */
  readonly what: string
  readonly instead: string
  /** `model_type` in `config.json`. */
  readonly types: ReadonlySet<string>
  /** For which tasks it is refused. Default: for all. */
  readonly tasks?: readonly TaskName[]
}

const typesIn = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/))

const KINDS: readonly Kind[] = [
  {
    what: 'a language model that is shown pictures',
    instead: TALK,
    types: typesIn(`
      aria aya_vision blip-2 chameleon cohere2_vision deepseek_ocr2 deepseek_vl deepseek_vl_hybrid deepseek_vl_v2 emu3
      ernie4_5_vl_moe fast_vlm fuyu gemma3 gemma3n gemma4 glm46v glm4v glm4v_moe glm_ocr got_ocr2 idefics idefics2 idefics3
      instructblip instructblipvideo internvl internvl_chat janus kosmos-2 kosmos-2.5 lfm2_vl lighton_ocr llama4 llava
      llava_next llava_next_video llava_onevision llava_qwen2 minicpmv mistral3 mllama moondream1 multi_modality ovis2
      paddleocr_vl paligemma perception_lm phi3_v phi4_multimodal pixtral pp_chart2table qwen2_5_vl qwen2_vl qwen3_5 qwen3_vl
      qwen3_vl_moe smolvlm video_llama_3 video_llava vipllava`),
    tasks: ['image-to-text', 'visual-question-answering', 'document-question-answering'],
  },
  {
    what: 'a model that is shown beside the picture what is certain in it (a trimap)',
    instead: 'Run it with openModel(…), or take a model for background-removal that needs the picture alone.',
    types: typesIn('vitmatte'),
  },
  { what: 'a model for the pose of one person', instead: POSE, types: typesIn('vitpose') },
  {
    what: 'a model for points of interest',
    instead: 'Run it with openModel(…): it gives keypoints, scores and descriptors or matches.',
    types: typesIn('efficientloftr lightglue superglue superpoint'),
  },
  {
    what: 'a model that is shown another picture and its mask',
    instead:
      'Run it with openModel(…), or take CLIPSeg (image-guided-segmentation), which needs the other picture alone.',
    types: typesIn('seggpt'),
  },
  {
    what: 'a model for pages whose words have been read before',
    instead: 'Take LayoutLM with word_boxes, or Donut, which reads for itself (document-question-answering).',
    types: typesIn('udop'),
  },
  {
    what: 'a model for the cells of tables',
    instead: 'Take Table Transformer (object-detection), or run it with openModel(…).',
    types: typesIn('slanet slanext'),
  },
  {
    what: 'Segment Anything 3 for words',
    instead: 'Take its tracker (sam3_tracker) for mask-generation with points and boxes.',
    types: typesIn('sam3 sam3_lite_text'),
  },
  {
    what: 'a reader of single lines',
    instead: 'Give its graph to onnx(…) with the head text.',
    types: typesIn('pp_ocrv5_mobile_rec pp_ocrv5_server_rec pp_ocrv6_small_rec pp_ocrv6_tiny_rec'),
  },
  {
    what: 'a model for where lines of text are',
    instead: 'Give its graph to onnx(…) with the head text-boxes.',
    types: typesIn('pp_ocrv5_mobile_det pp_ocrv5_server_det pp_ocrv6_medium_det pp_ocrv6_small_det'),
  },
]

/** What asks a model for no more than a graph or an image processor. */
const UNDEMANDING: readonly string[] = [
  'image-feature-extraction',
  'image-processor',
  'onnx',
  'session',
] satisfies TaskFile[]

/**
 * Refuses a model by what it is, before its graphs are looked for or fetched.
 * @param model - as the author named it. @param task - undefined where it is not known yet
 * @throws SpaceError `model-unsupported` saying what to do instead
 */
export function checkSupported(model: string, { model_type: type }: Json, task: string | undefined): void {
  if (task === undefined || UNDEMANDING.includes(task) || typeof type !== 'string') return
  const kind = KINDS.find(({ types }) => types.has(type))
  if (!kind || kind.tasks?.every((refused) => refused !== task)) return
  throw new SpaceError('model-unsupported', { model, task, type, what: kind.what, hint: kind.instead })
}
