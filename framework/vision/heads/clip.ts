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
  const own = ownFrames(session, model)
  const frames = options.number('num_frames', own, { min: 1, integer: true })
  const rate = options.number('frame_sampling_rate', 1, { min: 1, integer: true })
  const spacedOut = options.get('frame_sampling_rate') !== undefined
  const sampling = options.oneOf('sampling', ['uniform', 'first']) ?? (spacedOut ? 'first' : 'uniform')
  return { frames, sampling, rate }
}

/** What the graph fixes, or else what the configuration says. */
function ownFrames(session: Session, { config }: Model): number {
  const fixed = session.inputs.find(({ dims }) => dims.length === 5)?.dims[1]
  const vision = config.vision_config as { num_frames?: unknown } | undefined
  const said = [fixed, config.num_frames, config.frames_per_clip, vision?.num_frames].find(
    (value) => typeof value === 'number' && value > 0,
  )
  return (said as number | undefined) ?? 16
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
 * The chosen frames of a video (a path, URL, bytes or Blob) or of a list of pictures.
 * @throws SpaceError `invalid-value` for an empty list; what reading a video throws
 */
export async function readClip(input: unknown, options: ClipOptions, context: TaskContext): Promise<Pixels[]> {
  if (Array.isArray(input)) {
    if (input.length === 0) throw expected(PATH, 'at least one frame', input, 'Give a video, or its frames as a list.')
    return onceEach(frameIndices(input.length, options), (i) => context.pixels(input[i], `${PATH}[${i}]`), context)
  }
  return context.time('decode', async () => {
    const video = await openVideo(input as VideoFile, { path: PATH, signal: context.signal })
    const pictures: Pixels[] = []
    const indices = frameIndices(video.frameCount, options)
    for await (const { image } of video.frames({ indices, signal: context.signal })) {
      context.onProgress(
        (pictures.length + 1) / (indices.length + 1),
        `Frame ${pictures.length + 1} of ${indices.length}`,
      )
      pictures.push(await image.rgb())
    }
    return pictures
  })
}

/** A short clip is seen several times over; each of its frames is decoded once. */
async function onceEach(
  indices: readonly number[],
  read: (index: number) => Promise<Pixels>,
  { signal }: TaskContext,
): Promise<Pixels[]> {
  const known = new Map<number, Pixels>()
  for (const index of indices) {
    throwIfCancelled(signal)
    if (!known.has(index)) known.set(index, await read(index))
  }
  return indices.map((index) => known.get(index) as Pixels)
}

/** `[1, frames, channels, height, width]`. */
export function clipTensor(processor: ImageProcessor, pictures: readonly Pixels[]): Tensor<'float32'> {
  const { type, data, dims } = processor.process(pictures).pixel_values
  return tensor(type, data, [1, ...dims])
}
