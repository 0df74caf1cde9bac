/** What `import … from 'spaces'` gives: the DSL, every component, and the types of the values. */

export * from '../components/index.ts'
export { type PublicError, refused, SpaceError } from './core/errors.ts'
export { type InputsOf, type OutputsOf, optional, type SampleOf } from './core/field.ts'
export type { Classification, GalleryItem, ImageFormat, Pixels, Rectangle } from './core/media.ts'
export type { Progress } from './core/progress.ts'
export { batched, type Context, type Space, space } from './core/space.ts'
export { type FromPipelineOptions, fromPipeline } from './from-pipeline.ts'
