/**
 * What a vision task is written against. A task is plain code that knows nothing of threads: it opens a model, and for
 * each call turns arguments into an answer. `runtime/` runs it in a worker, tests run it in process.
 *
 * Arguments come as the caller gave them, except that every picture may be asked for with `context.image`, whatever it
 * came as. Answers are plain structures: objects, lists, strings, numbers, typed arrays, `Tensor`s and `Image`s.
 */

import type { SpaceError } from '#core/errors.ts'
import type { Image, Pixels, Rectangle } from '#core/media.ts'
import type { Awaitable } from '#core/types.ts'
import type { TaskFile } from './tasks.ts'

/** What each element type is kept in. `float16` never reaches a task: sessions convert it to and from float32. */
export interface TensorArrays {
  float32: Float32Array
  float64: Float64Array
  int64: BigInt64Array
  int32: Int32Array
  uint8: Uint8Array
  int8: Int8Array
  /** A byte of 0 or 1 for each value. */
  bool: Uint8Array
}
export type TensorType = keyof TensorArrays

/** An n-dimensional array, row-major. */
export interface Tensor<T extends TensorType = TensorType> {
  readonly type: T
  readonly dims: readonly number[]
  readonly data: TensorArrays[T]
}

/** @throws RangeError when `data` does not hold as many values as `dims` say. */
export function tensor<T extends TensorType>(type: T, data: TensorArrays[T], dims: readonly number[]): Tensor<T> {
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (data.length !== count)
    throw new RangeError(`tensor: expected ${count} values for [${dims.join(', ')}], got ${data.length}.`)
  return { type, dims, data }
}

/** An input or output of a graph. */
export interface Port {
  readonly name: string
  /** As ONNX names it: `float32`, `float16`, `int64`, `bool`, … */
  readonly type: string
  /** A number where the graph fixes the size, a name where it is free. Empty where the graph does not say. */
  readonly dims: readonly (number | string)[]
}

export type Feeds = Readonly<Record<string, Tensor | undefined>>
export type Outputs = Readonly<Record<string, Tensor>>

/** An ONNX graph that is ready to run. */
export interface Session {
  /** Path of the file inside the model, `onnx/model.onnx`. */
  readonly file: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Whether the graph asks for this input. */
  wants(input: string): boolean
  /**
   * Feeds that the graph does not ask for are left out, and numbers are converted to the type it asks for (float32 to
   * float16, int64 to int32, …); float16 results come as float32.
   * @throws SpaceError `model-broken` where an input is missing or does not fit, naming it.
   */
  run(feeds: Feeds, options?: { signal?: AbortSignal }): Promise<Outputs>
  /** One output by the first of these names that is there. @throws SpaceError `model-broken` naming what the graph has. */
  output(outputs: Outputs, ...names: readonly string[]): Tensor
  /** The same, as float32 values. */
  floats(outputs: Outputs, ...names: readonly string[]): Tensor<'float32'>
}

/** What weights are kept in, by the names of the Hub; the most exact first. */
export const DTYPES = [
  'fp32',
  'fp16',
  'q8',
  'int8',
  'uint8',
  'q4',
  'q4f16',
  'bnb4',
  'q2',
  'q2f16',
  'q1',
  'q1f16',
] as const
export type Dtype = (typeof DTYPES)[number]

export type Json = Readonly<Record<string, unknown>>

/** A model folder: configuration, files and sessions. */
export interface Model {
  /** As the author named it: for messages. */
  readonly id: string
  /** Absolute path of the folder. */
  readonly folder: string
  /** `config.json`; empty where there is none (diffusers has `model_index.json`). */
  readonly config: Json
  has(file: string): boolean
  /** A JSON file, or null where there is none. @throws SpaceError `model-broken` where it is not JSON. */
  json(file: string): Promise<Json | null>
  /** @throws SpaceError `model-file-missing` */
  bytes(file: string): Promise<Uint8Array>
  /** Whether there is such a graph, in whatever dtype. */
  hasSession(base: string): boolean
  /**
   * Opens `onnx/<base><dtype suffix>.onnx`, or `<base>/model.onnx` as diffusers lays it out. Opened once, then kept.
   * @throws SpaceError `model-file-missing`, or `model-broken` where onnxruntime refuses the file.
   */
  session(base?: string): Promise<Session>
  /**
   * The image processor that `preprocessor_config.json`, `processor_config.json` or timm's `pretrained_cfg` describes; for
   * the frames of videos what a repository says of those.
   */
  processor(medium?: 'image' | 'video'): Promise<ImageProcessor>
  /**
   * Name of a class, `LABEL_1` where the model needs none.
   * @throws SpaceError `model-broken` where `config.json` should have one and has not
   */
  label(index: number): string
  /** An error that blames a file of this model. */
  broken(file: string, reason: string): SpaceError
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Pixels of a picture of which only a part was decoded, from column `left` and row `top` on. */
export interface Part extends Pixels {
  readonly whole: Size
  readonly left: number
  readonly top: number
}

/** Pictures as a graph takes them. */
export interface Processed {
  /** `[count, 3, height, width]`; `[count, patches, values]` for processors that cut patches. */
  readonly pixel_values: Tensor<'float32'>
  /** `[count, height, width]`, 1 where there is picture and 0 where it was padded; for processors that pad. */
  readonly pixel_mask?: Tensor<'int64'>
  /** What the class makes beside them, under the names that graphs have for it. */
  readonly extra?: Readonly<Record<string, Tensor>>
  /** Sizes before anything was done, one for each picture. */
  readonly originalSizes: readonly Size[]
  /** Sizes after resizing, before crop and padding. */
  readonly resizedSizes: readonly Size[]
}

/** Pixels to tensor, by configuration; the same numbers as the Python class of the same name with its Pillow backend. */
export interface ImageProcessor {
  /** Python's class name without the suffix: `ViT`, `Detr`, `ConvNext`. */
  readonly kind: string
  /** The configuration with the defaults of its class filled in. */
  readonly config: Json
  /**
   * The part of a picture of this size that ends up in the tensor; null where all of it does. `process` takes that
   * `Part` in place of the picture.
   */
  reads(picture: Size): Rectangle | null
  process(pictures: Pixels | readonly Pixels[]): Processed
}

export type Step = 'decode' | 'preprocess' | 'queue' | 'run' | 'postprocess'

/** Milliseconds that the last call spent in each step. */
export type Timings = Readonly<Record<Step, number>>

/**
 * Hears how far a call is.
 * @param fraction - 0..1. @param partial - the answer as far as it is known, where it is made piece by piece.
 */
export type OnProgress = (fraction: number, note?: string, partial?: unknown) => void

/** What a call has beside its arguments. */
export interface TaskContext {
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
  /** Does `work` and adds its time to a step. What is timed nowhere counts as nothing. */
  time<T>(step: Step, work: () => Awaitable<T>): Promise<T>
  /**
   * The picture in an argument: an `Image`, a path (relative to the space's folder), a URL, a data URL, bytes or a `Blob`.
   * Cheap: only the header is read. @param path - names the argument in messages.
   */
  image(value: unknown, path?: string): Promise<Image>
  /**
   * RGB pixels of the picture in an argument; timed as `decode`.
   * @param processor - the only one to see them: of a large picture the `Part` that it reads is enough then.
   */
  pixels(value: unknown, path?: string, processor?: Pick<ImageProcessor, 'reads'>): Promise<Pixels>
  /** Bytes of an argument that is a file: path, URL, data URL, bytes or `Blob`. For video and the like. */
  bytes(value: unknown, path?: string): Promise<Uint8Array>
}

/** A model that is ready to answer. */
export interface OpenTask {
  /** Called once for each input: a list of inputs is spread before, for the tasks that `tasks.ts` marks so. */
  run(args: readonly unknown[], context: TaskContext): Promise<unknown>
  dispose?(): Awaitable<void>
}

/** What `pipeline(task, model, options)` takes, as far as a task may see it. */
export type TaskOptions = Readonly<Record<string, unknown>>

export interface TaskDefinition {
  readonly task: TaskFile
  open(model: Model, options: TaskOptions): Promise<OpenTask>
}

/** Declares a task; the default export of `tasks/<task>.ts`. */
export function defineTask(definition: TaskDefinition): TaskDefinition {
  return definition
}

/** Throws the signal's reason when the call was cancelled; for loops between two runs of a session. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason
}
