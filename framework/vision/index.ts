/** What `import … from 'spaces/vision'` gives. */

export type { Classification, Image, ImageFormat, Pixels, Rectangle } from '../core/media.ts'
export type { TaskCalls, VideoInput } from './answers.ts'
export { createImage, type ImageInput, type OpenImageOptions, openImage } from './media/open-image.ts'
export { type Pipeline, type PipelineOptions, pipeline } from './pipeline.ts'
export { configureRuntime, type RuntimeSettings } from './runtime/pool.ts'
export type { Dtype, ImageProcessor, Model, Processed, Session, Tensor, Timings } from './task.ts'
export { tensor } from './task.ts'
export type { TaskName } from './tasks.ts'
