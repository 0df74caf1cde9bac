/**
 * Videos as frames at exact times. MP4, MOV, WebM, AVI, MPEG and animated PNG are decoded by FFmpeg in process (the optional
 * package node-av), animated GIF and WebP by sharp.
 */

import { expected, SpaceError } from '#core/errors.ts'
import type { Image } from '#core/media.ts'
import { type About, readHead, type Source } from './codec.ts'
import { locate } from './open-image.ts'
import { describeBytes, sniffImage, sniffVideo } from './sniff.ts'

export interface Frame {
  /**
   * Counted from 0, in the order in which they are shown. After a start above 2 s it is reckoned from the time: exact
   * where the frames come evenly.
   */
  readonly index: number
  /** When it comes on screen, in seconds from the first frame. */
  readonly timeS: number
  readonly image: Image
}

/** Which frames. Times are seconds from the first frame; `start` and `end` (not included) cut the others. */
export interface FrameChoice {
  /** So many, evenly spread from the start: the first of n is at the start, the last one n-th before the end. */
  count?: number
  /** So many for each second. */
  fps?: number
  /** What is on screen at these times, which must not fall. */
  times?: readonly number[]
  /** The frames of these numbers, which must not fall. */
  indices?: readonly number[]
  start?: number
  end?: number
  signal?: AbortSignal
}

/** A video that can be read. Every call of `frames` reads it anew; leaving its loop early is fine. */
export interface OpenVideo {
  readonly mime: string
  /** Pixels as shown: after the turn that a phone notes in the file. */
  readonly width: number
  readonly height: number
  readonly frameCount: number
  readonly durationS: number
  /** Frames a second, on average. */
  readonly fps: number
  /** One of `count`, `fps`, `times` and `indices`, or none for every frame. Frames are decoded as the loop asks for them. */
  frames(choice?: FrameChoice): AsyncGenerator<Frame, void, void>
}

/** What a reader gives: frames in order, whose picture is made only where somebody asks for it. */
export interface RawFrame {
  readonly index: number
  readonly timeS: number
  read(): Promise<Image>
  /** Called when the frame is no longer needed. */
  free(): void
}

/** A kind of file that can be read. */
export interface VideoReader {
  readonly facts: Omit<OpenVideo, 'frames'>
  /** @param fromS - frames before this time may be left out. */
  read(fromS: number, signal: AbortSignal | undefined): AsyncGenerator<RawFrame, void, void>
}

export type VideoFile = string | URL | Uint8Array | ArrayBuffer | Blob

export const VIDEOS = 'a video: MP4, MOV, WebM, AVI, animated GIF, WebP or PNG'

/**
 * Opens a video by path (relative to the space's folder), URL, bytes or Blob.
 * @param options.path - names the argument in messages.
 * @throws SpaceError `media-missing`, `file-type`, `file-broken`, `image-too-large`, and `package-missing` where node-av is not installed
 */
export async function openVideo(
  input: VideoFile,
  { path = 'video', signal }: { path?: string; signal?: AbortSignal } = {},
): Promise<OpenVideo> {
  const { source, name } = await locate(input, path, signal, `${VIDEOS}, as a path, URL, bytes or Blob`)
  const about: About = { path, name }
  const reader = await readerFor(await readHead(source, about), source, about)
  return { ...reader.facts, frames: (choice = {}) => chosen(reader, choice) }
}

async function readerFor(head: Uint8Array, source: Source, about: About): Promise<VideoReader> {
  const still = sniffImage(head)
  if (still === 'image/gif' || still === 'image/webp') {
    const { openAnimation } = await import('./animation.ts')
    return openAnimation(source, still, about)
  }
  const container = sniffVideo(head)
  if (container) {
    const { openWithFfmpeg } = await import('./ffmpeg.ts')
    return openWithFfmpeg(source, container, about)
  }
  const { path, name } = about
  const got = still ? `a still picture (${still})` : describeBytes(head)
  throw new SpaceError('file-type', { path, expected: VIDEOS, got, name: name ?? '' })
}

/** Clocks of files are coarse: a frame at 0.0999 s is on screen at 0.1 s. In seconds. */
const EPSILON = 0.0005

async function* chosen(reader: VideoReader, choice: FrameChoice): AsyncGenerator<Frame, void, void> {
  const { signal } = choice
  const plan = planOf(reader.facts, choice)
  const raw = reader.read(plan.fromS, signal)
  if (plan.wanted)
    yield* picked(raw, plan.wanted, plan.byIndex ? (frame) => frame.index - 0.5 : (frame) => frame.timeS - EPSILON)
  else yield* between(raw, plan.fromS, plan.toS)
}

interface Plan {
  /** Times or indices; null for every frame. */
  readonly wanted: readonly number[] | null
  readonly byIndex: boolean
  readonly fromS: number
  readonly toS: number
}

function planOf({ durationS }: VideoReader['facts'], choice: FrameChoice): Plan {
  const ways = (['count', 'fps', 'times', 'indices'] as const).filter((way) => choice[way] !== undefined)
  if (ways.length > 1) throw expected('frames', 'one of count, fps, times and indices', ways.join(' and '))
  const { count, fps, times, indices } = choice
  const start = checked('start', choice.start ?? 0, 'seconds, 0 or more', (value) => value >= 0)
  const end = checked('end', choice.end ?? Infinity, 'seconds after start', (value) => value > start)
  const toS = Math.min(end, durationS)

  if (indices) return { wanted: rising('indices', indices), byIndex: true, fromS: 0, toS: Infinity }
  if (times) return { wanted: rising('times', times), byIndex: false, fromS: times[0] ?? 0, toS: Infinity }
  if (count !== undefined) {
    checked('count', count, 'a whole number, 1 or more', (value) => Number.isInteger(value) && value > 0)
    const step = (toS - start) / count
    return { wanted: Array.from({ length: count }, (_, i) => start + i * step), byIndex: false, fromS: start, toS }
  }
  if (fps !== undefined) {
    checked('fps', fps, 'a number above 0', (value) => value > 0)
    const length = Math.max(0, Math.ceil((toS - start) * fps - EPSILON))
    return { wanted: Array.from({ length }, (_, i) => start + i / fps), byIndex: false, fromS: start, toS }
  }
  return { wanted: null, byIndex: false, fromS: start, toS: end }
}

function checked(name: string, value: number, wants: string, fits: (value: number) => boolean): number {
  if (typeof value !== 'number' || !fits(value)) throw expected(`frames: ${name}`, wants, value)
  return value
}

function rising(name: string, values: readonly number[]): readonly number[] {
  for (const [i, value] of values.entries()) {
    const before = values[i - 1] ?? 0
    checked(`${name}[${i}]`, value, `a number, ${before} or more`, (number) => number >= before)
  }
  return values
}

/** For each wanted place the last frame that begins at or before it; the first and the last frame stand for what lies outside. */
async function* picked(
  raw: AsyncGenerator<RawFrame, void, void>,
  wanted: readonly number[],
  beginOf: (frame: RawFrame) => number,
): AsyncGenerator<Frame, void, void> {
  let shown: RawFrame | null = null
  let next = 0
  try {
    for await (const frame of raw) {
      const before: RawFrame | null = shown
      // Whoever stops listening at one of them leaves both to be freed.
      shown = frame
      try {
        if (before)
          for (const held = readOnce(before); next < wanted.length && (wanted[next] as number) < beginOf(frame); next++)
            yield await held()
      } finally {
        before?.free()
      }
      if (next === wanted.length) return
    }
    if (shown) for (const held = readOnce(shown); next < wanted.length; next++) yield await held()
  } finally {
    shown?.free()
  }
}

function readOnce(frame: RawFrame): () => Promise<Frame> {
  let image: Promise<Image> | null = null
  return async () => {
    image ??= frame.read()
    return { index: frame.index, timeS: frame.timeS, image: await image }
  }
}

async function* between(
  raw: AsyncGenerator<RawFrame, void, void>,
  fromS: number,
  toS: number,
): AsyncGenerator<Frame, void, void> {
  for await (const frame of raw) {
    try {
      if (frame.timeS >= toS - EPSILON) return
      if (frame.timeS >= fromS - EPSILON) yield await readOnce(frame)()
    } finally {
      frame.free()
    }
  }
}
