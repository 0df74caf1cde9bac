/** What `import … from 'spaces/vision'` gives. */

export type { Classification, Image, ImageFormat, Pixels, Rectangle } from '../core/media.ts'
export type { TaskCalls, VideoInput } from './answers.ts'
export { pictureFeeds } from './feeds.ts'
export * from './heads/index.ts'
export type {
  CachedModel,
  CachedRevision,
  ModelFile,
  ModelInfo,
  Pushed,
  PushOptions,
  RemoveOptions,
  ResolvedModel,
  ResolveOptions,
  Transfer,
} from './hub/index.ts'
export { fetchModel, listModels, modelInfo, pruneModel, pushToHub, removeModel, resolveModel } from './hub/lazy.ts'
export { type EncodeVideoOptions, encodeVideo } from './media/encode-video.ts'
export { type Frame, type FrameChoice, type OpenVideo, openVideo, type VideoFile } from './media/frames.ts'
export { createImage, type ImageInput, type OpenImageOptions, openImage } from './media/open-image.ts'
export type { ModelOptions } from './model-folder.ts'
export type { Frame as PictureFrame, PictureInput, SizeRule } from './onnx/declaration.ts'
export type { Column, DeclaredHead, Detection, Grid, HeadFunction, Keypoint, Point } from './onnx/head-kinds.ts'
export { type OnnxDeclaration, type OnnxFeeds, type OnnxModel, onnx } from './onnx/onnx.ts'
export { type LoadedImageProcessor, loadImageProcessor } from './parts/image-processor.ts'
export { loadTokenizer } from './parts/load-tokenizer.ts'
export { type OpenedModel, type OpenModelOptions, openModel } from './parts/open-model.ts'
export { type OpenedSession, openSession, type SessionOptions } from './parts/open-session.ts'
export { type Callable, type Pipeline, type PipelineOptions, pipeline } from './pipeline.ts'
export type { Device, PlacementOptions } from './placement.ts'
export type { ProgressEvent } from './progress-events.ts'
export { configureRuntime, type RuntimeSettings } from './runtime/settings.ts'
export { createScheduler, type Scheduler, type SchedulerConfig, type SchedulerOptions } from './schedulers/index.ts'
export { createNoise, type NoiseSource } from './schedulers/noise.ts'
export { streamed } from './streamed.ts'
export type {
  Dtype,
  Feeds,
  ImageProcessor,
  Model,
  OnProgress,
  Outputs,
  Port,
  Processed,
  Session,
  Tensor,
  Timings,
} from './task.ts'
export { tensor } from './task.ts'
export type { Depth } from './tasks/depth-estimation.ts'
export type { DocumentAnswer, WordBoxes } from './tasks/document-question-answering.ts'
export type { GuidedObject } from './tasks/image-guided-object-detection.ts'
export type { GuidedMask } from './tasks/image-guided-segmentation.ts'
export type { SegmentedPart } from './tasks/image-segmentation.ts'
export type { GeneratedText } from './tasks/image-to-text.ts'
export type { FoundMasks } from './tasks/mask-generation.ts'
export type { DetectedObject } from './tasks/object-detection.ts'
export type { ScoredAnswer } from './tasks/visual-question-answering.ts'
export type { LabelledMask } from './tasks/zero-shot-image-segmentation.ts'
export type { LabelledBox } from './tasks/zero-shot-object-detection.ts'
export type { TaskName } from './tasks.ts'
export type { BatchOptions, Encoded, EncodeOptions, TextBatch, Tokenizer } from './text/tokenizer.ts'
