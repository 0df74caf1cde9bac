/** The tasks by name. A task's code is `tasks/<name>.ts`, loaded when somebody asks for it. */

interface TaskFacts {
  /** Whether a list as first argument means many inputs, each with an answer of its own, or is one input (frames). */
  readonly spreads: boolean
}

const many: TaskFacts = { spreads: true }
const one: TaskFacts = { spreads: false }

export const TASKS = {
  'background-removal': many,
  'depth-estimation': many,
  'document-question-answering': many,
  'image-classification': many,
  'image-feature-extraction': many,
  'image-guided-object-detection': many,
  'image-guided-segmentation': many,
  'image-segmentation': many,
  'image-to-image': many,
  'image-to-text': many,
  'mask-generation': many,
  'object-detection': many,
  'text-to-image': one,
  'unconditional-image-generation': one,
  'video-classification': one,
  'visual-question-answering': many,
  'zero-shot-image-classification': many,
  'zero-shot-image-segmentation': many,
  'zero-shot-object-detection': many,
  'zero-shot-video-classification': one,
} as const satisfies Record<string, TaskFacts>

export type TaskName = keyof typeof TASKS

/** Every file of `tasks/`: the tasks, and the one behind `onnx()`. */
export type TaskFile = TaskName | 'onnx'

export function isTaskName(name: unknown): name is TaskName {
  return typeof name === 'string' && Object.hasOwn(TASKS, name)
}
