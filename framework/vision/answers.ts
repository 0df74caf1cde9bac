/** How each task is called and what it answers. Names and shapes are those of Hugging Face's tasks. */

import type { Classification, Image } from '#core/media.ts'
import type { DiffusionOptions } from './heads/diffusion/options.ts'
import type { ImageInput } from './media/open-image.ts'
import type { CallOptions } from './runtime/call-options.ts'
import type { Tensor } from './task.ts'
import type { Depth } from './tasks/depth-estimation.ts'
import type { DocumentAnswer, DocumentQuestionAnsweringOptions } from './tasks/document-question-answering.ts'
import type { ImageClassificationOptions } from './tasks/image-classification.ts'
import type { ImageFeatureExtractionOptions } from './tasks/image-feature-extraction.ts'
import type { GuidedObject, ImageGuidedObjectDetectionOptions } from './tasks/image-guided-object-detection.ts'
import type { GuidedMask, ImageGuidedSegmentationOptions } from './tasks/image-guided-segmentation.ts'
import type { ImageSegmentationOptions, SegmentedPart } from './tasks/image-segmentation.ts'
import type { ImageToImageOptions } from './tasks/image-to-image.ts'
import type { GeneratedText, ImageToTextOptions } from './tasks/image-to-text.ts'
import type { FoundMasks, MaskGenerationOptions } from './tasks/mask-generation.ts'
import type { DetectedObject, ObjectDetectionOptions } from './tasks/object-detection.ts'
import type { TextToImageOptions } from './tasks/text-to-image.ts'
import type { UnconditionalImageGenerationOptions } from './tasks/unconditional-image-generation.ts'
import type { VideoClassificationOptions } from './tasks/video-classification.ts'
import type { ScoredAnswer, VisualQuestionAnsweringOptions } from './tasks/visual-question-answering.ts'
import type { ZeroShotImageClassificationOptions } from './tasks/zero-shot-image-classification.ts'
import type { LabelledMask, ZeroShotImageSegmentationOptions } from './tasks/zero-shot-image-segmentation.ts'
import type { LabelledBox, ZeroShotObjectDetectionOptions } from './tasks/zero-shot-object-detection.ts'
import type { ZeroShotVideoClassificationOptions } from './tasks/zero-shot-video-classification.ts'
import type { TaskName } from './tasks.ts'

/** Options of one call: those of the task, a signal to cancel it, and a listener for its progress. */
type Options<Own = Readonly<Record<string, unknown>>> = Own & CallOptions

/** One picture gives one answer, a list gives a list. `Rest` are the arguments after the picture. */
interface OfImages<Answer, Rest extends unknown[]> {
  (image: ImageInput, ...rest: Rest): Promise<Answer>
  (images: readonly ImageInput[], ...rest: Rest): Promise<Answer[]>
}

/** Pictures, or their values before they become bytes where `output_type` asks for those. */
interface Generates<First extends unknown[], Own extends DiffusionOptions> {
  (...args: [...First, options: Options<Own & { output_type: 'np' | 'latent' }>]): Promise<Tensor<'float32'>[]>
  (...args: [...First, options?: Options<Own>]): Promise<Image[]>
}

/** A video by path, URL or bytes, or its frames. */
export type VideoInput = string | URL | Uint8Array | Blob | readonly ImageInput[]
/** What is no picture: a list of pictures is one video, a list of these is many. */
type OneOfVideos = readonly ImageInput[] | `${string}.${'mp4' | 'm4v' | 'mov' | 'webm' | 'mkv' | 'avi'}`

/** One video gives one answer, a list of videos gives a list. */
interface OfVideos<Answer, Rest extends unknown[]> {
  (videos: readonly OneOfVideos[], ...rest: Rest): Promise<Answer[]>
  (video: VideoInput, ...rest: Rest): Promise<Answer>
}
type Labels = readonly string[] | string

type LastOf<Rest extends unknown[]> = Required<Rest> extends [...unknown[], infer Last] ? Last : never
type OptionsOf<Call> =
  Call extends OfImages<infer _, infer Rest>
    ? LastOf<Rest>
    : Call extends OfVideos<infer _, infer Rest>
      ? LastOf<Rest>
      : Call extends Generates<infer _, infer Own>
        ? Own
        : never
/** What a task's calls take beside what all calls do. */
export type OwnOptions<T extends TaskName> = Omit<OptionsOf<TaskCalls[T]>, keyof CallOptions>

export interface TaskCalls {
  'background-removal': OfImages<Image, [options?: CallOptions]>
  'depth-estimation': OfImages<Depth, [options?: CallOptions]>
  'document-question-answering': OfImages<
    DocumentAnswer[],
    [question: string, options?: Options<DocumentQuestionAnsweringOptions>]
  >
  'image-classification': OfImages<Classification[], [options?: Options<ImageClassificationOptions>]>
  'image-feature-extraction': OfImages<Tensor<'float32'>, [options?: Options<ImageFeatureExtractionOptions>]>
  'image-guided-object-detection': OfImages<
    GuidedObject[],
    [query: ImageInput, options?: Options<ImageGuidedObjectDetectionOptions>]
  >
  'image-guided-segmentation': OfImages<
    GuidedMask[],
    [query: ImageInput | readonly ImageInput[], options?: Options<ImageGuidedSegmentationOptions>]
  >
  'image-segmentation': OfImages<SegmentedPart[], [options?: Options<ImageSegmentationOptions>]>
  'image-to-image': OfImages<Image, [options?: Options<ImageToImageOptions>]>
  'image-to-text': OfImages<GeneratedText[], [options?: Options<ImageToTextOptions>]>
  'mask-generation': OfImages<FoundMasks, [options?: Options<MaskGenerationOptions>]>
  'object-detection': OfImages<DetectedObject[], [options?: Options<ObjectDetectionOptions>]>
  'text-to-image': Generates<[prompt: string | readonly string[]], TextToImageOptions>
  'unconditional-image-generation': Generates<[], UnconditionalImageGenerationOptions>
  'video-classification': OfVideos<Classification[], [options?: Options<VideoClassificationOptions>]>
  'visual-question-answering': OfImages<
    ScoredAnswer[],
    [question: string, options?: Options<VisualQuestionAnsweringOptions>]
  >
  'zero-shot-image-classification': OfImages<
    Classification[],
    [candidate_labels: Labels, options?: Options<ZeroShotImageClassificationOptions>]
  >
  'zero-shot-image-segmentation': OfImages<
    LabelledMask[],
    [candidate_labels: Labels, options?: Options<ZeroShotImageSegmentationOptions>]
  >
  'zero-shot-object-detection': OfImages<
    LabelledBox[],
    [candidate_labels: Labels, options?: Options<ZeroShotObjectDetectionOptions>]
  >
  'zero-shot-video-classification': OfVideos<
    Classification[],
    [candidate_labels: Labels, options?: Options<ZeroShotVideoClassificationOptions>]
  >
}

/** Every task has a call. */
export type TaskCall<T extends TaskName> = TaskCalls[T]
