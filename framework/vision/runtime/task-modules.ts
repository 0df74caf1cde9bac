/** Where the code of each task is. Spelled out, so that a bundler finds every file and the compiler misses none. */

import type { TaskDefinition } from '../task.ts'
import type { TaskFile } from '../tasks.ts'

export const TASK_MODULES: Readonly<Record<TaskFile, () => Promise<{ default: TaskDefinition }>>> = {
  'background-removal': () => import('../tasks/background-removal.ts'),
  'depth-estimation': () => import('../tasks/depth-estimation.ts'),
  'document-question-answering': () => import('../tasks/document-question-answering.ts'),
  'image-classification': () => import('../tasks/image-classification.ts'),
  'image-feature-extraction': () => import('../tasks/image-feature-extraction.ts'),
  'image-guided-object-detection': () => import('../tasks/image-guided-object-detection.ts'),
  'image-guided-segmentation': () => import('../tasks/image-guided-segmentation.ts'),
  'image-processor': () => import('../tasks/image-processor.ts'),
  'image-segmentation': () => import('../tasks/image-segmentation.ts'),
  'image-to-image': () => import('../tasks/image-to-image.ts'),
  'image-to-text': () => import('../tasks/image-to-text.ts'),
  'mask-generation': () => import('../tasks/mask-generation.ts'),
  'object-detection': () => import('../tasks/object-detection.ts'),
  onnx: () => import('../tasks/onnx.ts'),
  session: () => import('../tasks/session.ts'),
  'text-to-image': () => import('../tasks/text-to-image.ts'),
  'unconditional-image-generation': () => import('../tasks/unconditional-image-generation.ts'),
  'video-classification': () => import('../tasks/video-classification.ts'),
  'visual-question-answering': () => import('../tasks/visual-question-answering.ts'),
  'zero-shot-image-classification': () => import('../tasks/zero-shot-image-classification.ts'),
  'zero-shot-image-segmentation': () => import('../tasks/zero-shot-image-segmentation.ts'),
  'zero-shot-object-detection': () => import('../tasks/zero-shot-object-detection.ts'),
  'zero-shot-video-classification': () => import('../tasks/zero-shot-video-classification.ts'),
}
