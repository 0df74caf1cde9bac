/** The frames of a clip that a video model sees. */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import type { CallOptions } from '../arguments.ts'
import { openVideo, type VideoFile } from '../media/frames.ts'
import {
  type ImageProcessor,
  type Model,
  type Session,
  type TaskContext,
  type Tensor,
  tensor,
  throwIfCancelled,
} from '../task.ts'

/** How a clip's frames are chosen, out of a call's options. */
export interface ClipOptions {
  readonly frames: number
  /** `uniform` spreads over the whole clip; `first` takes the beginning, every `rate`-th frame. */
  readonly sampling: 'uniform' | 'first'
  readonly rate: number
}

const PATH = 'video'

/** Options `num_frames`, `sampling` (`uniform`) and `frame_sampling_rate` (1). */
export function readClipOptions(options: CallOptions, session: Session, model: Model): ClipOptions {
  const fixed = fixedFrames(session)
  const frames = options.number('num_frames', fixed ?? saidFrames(model) ?? USUAL_FRAMES, { min: 1, integer: true })
  if (fixed !== null && frames !== fixed)
    throw expected('num_frames', `${fixed}, which the model’s graph asks for`, frames)
  const rate = options.number('frame_sampling_rate', 1, { min: 1, integer: true })
  const spacedOut = options.get('frame_sampling_rate') !== undefined
  const sampling = options.oneOf('sampling', ['uniform', 'first']) ?? (spacedOut ? 'first' : 'uniform')
  return { frames, sampling, rate }
}

/** Where neither the graph nor the configuration says how many. */
const USUAL_FRAMES = 16

function fixedFrames(session: Session): number | null {
  const fixed = session.inputs.find(({ dims }) => dims.length === 5)?.dims[1]
  return typeof fixed === 'number' && fixed > 0 ? fixed : null
}

function saidFrames({ config }: Model): number | undefined {
  const vision = config.vision_config as { num_frames?: unknown } | undefined
  const said = [config.num_frames, config.frames_per_clip, vision?.num_frames]
  return said.find((value): value is number => typeof value === 'number' && value > 0)
}

/**
 * Which frames of `total`, as transformers chooses them. Where the clip is too short for `first`, its last frame is seen
 * again; Python fails there.
 */
export function frameIndices(total: number, { frames, sampling, rate }: ClipOptions): number[] {
  const last = frames * rate - 1
  const step = frames > 1 ? last / (frames - 1) : 0
  return Array.from({ length: frames }, (_, i) => {
    if (sampling === 'uniform') return Math.floor((i * total) / frames)
    return Math.min(i === frames - 1 && frames > 1 ? last : Math.trunc(i * step), total - 1)
  })
}

/**
 * The chosen frames of a video (a path, URL, bytes or Blob) or of a list of pictures, as the model takes them:
 * `[1, frames, channels, height, width]`. Each is prepared as it is decoded, so that only one is kept at full size.
 * @throws SpaceError `invalid-value` for an empty list; what reading a video throws
 */
export async function readClip(
  input: unknown,
  options: ClipOptions,
  processor: ImageProcessor,
  context: TaskContext,
): Promise<Tensor<'float32'>> {
  const frames: Tensor<'float32'>[] = []
  const prepared = new Map<number, Tensor<'float32'>>()
  for await (const { index, read } of framesOf(input, options, context)) {
    throwIfCancelled(context.signal)
    // A short clip is seen several times over; each of its frames is prepared once.
    const known = prepared.get(index)
    const pixels = known ? null : await read()
    const frame = known ?? (await context.time('preprocess', () => processor.process(pixels as Pixels).pixel_values))
    prepared.set(index, frame)
    frames.push(frame)
    context.onProgress(frames.length / (options.frames + 1), `Frame ${frames.length} of ${options.frames}`)
  }
  return context.time('preprocess', () => clipTensor(frames))
}

interface ChosenFrame {
  readonly index: number
  read(): Promise<Pixels>
}

async function* framesOf(
  input: unknown,
  options: ClipOptions,
  context: TaskContext,
): AsyncGenerator<ChosenFrame, void, void> {
  if (Array.isArray(input)) {
    if (input.length === 0) throw expected(PATH, 'at least one frame', input, 'Give a video, or its frames as a list.')
    for (const index of frameIndices(input.length, options)) {
      yield { index, read: () => context.pixels(input[index], `${PATH}[${index}]`) }
    }
    return
  }
  const { signal } = context
  const video = await context.time('decode', () => openVideo(input as VideoFile, { path: PATH, signal }))
  const frames = video.frames({ indices: frameIndices(video.frameCount, options), signal })
  try {
    for (;;) {
      const { value, done } = await context.time('decode', () => frames.next())
      if (done) return
      yield { index: value.index, read: () => context.time('decode', () => value.image.rgb()) }
    }
  } finally {
    await frames.return()
  }
}

/** Frames one behind the other, as a batch of one clip. @throws SpaceError `invalid-value` where they differ in size */
function clipTensor(frames: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  const [, ...dims] = frames[0]?.dims ?? []
  const size = dims.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(frames.length * size)
  for (const [index, frame] of frames.entries()) {
    const shape = (values: readonly number[]) => values.slice(-2).reverse().join(' x ')
    if (frame.data.length !== size) {
      throw expected(`${PATH}[${index}]`, `a frame that becomes ${shape(dims)}, as the first`, shape(frame.dims))
    }
    data.set(frame.data, index * size)
  }
  return tensor('float32', data, [1, frames.length, ...dims])
}
