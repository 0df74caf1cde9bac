/** The tasks by name. A task's code is `tasks/<name>.ts`, loaded when somebody asks for it. */

import { isVideoLike } from './media/sniff.ts'

interface TaskFacts {
  /** Whether a list as first argument means many inputs, each with an answer of its own, or is one input (frames). */
  readonly spreads: (first: readonly unknown[]) => boolean
  /** Whether a call begins with what it is about: a picture, a video, a prompt. */
  readonly hasSubject: boolean
}

const many: TaskFacts = { spreads: () => true, hasSubject: true }
const one: TaskFacts = { spreads: () => false, hasSubject: true }
const none: TaskFacts = { spreads: () => false, hasSubject: false }
const videos: TaskFacts = {
  spreads: (first) => first.length > 0 && first.every((entry) => Array.isArray(entry) || isVideoLike(entry)),
  hasSubject: true,
}

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
  'unconditional-image-generation': none,
  'video-classification': videos,
  'visual-question-answering': many,
  'zero-shot-image-classification': many,
  'zero-shot-image-segmentation': many,
  'zero-shot-object-detection': many,
  'zero-shot-video-classification': videos,
} as const satisfies Record<string, TaskFacts>

export type TaskName = keyof typeof TASKS

/** Every file of `tasks/`: the tasks, the one behind `onnx()`, and the parts of a model that run alone. */
export type TaskFile = TaskName | 'onnx' | 'session' | 'image-processor'

export function isTaskName(name: unknown): name is TaskName {
  return typeof name === 'string' && Object.hasOwn(TASKS, name)
}
