/** MP4, MOV, WebM, AVI and MPEG as frames, through node-av. */

import type { Demuxer } from 'node-av/api'
import type { Frame as AvFrame, Stream } from 'node-av/lib'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { Image } from '#core/media.ts'
import { beginNative, checkNative } from '../native-work.ts'
import { checkSize } from './bounds.ts'
import { isCutShort } from './boxes.ts'
import type { About, Source } from './codec.ts'
import { type RawFrame, VIDEOS, type VideoReader } from './frames.ts'
import { ImageHandle } from './image.ts'
import { loadAv } from './node-av.ts'
import { hidesFrames, paceOf, type Survey, seconds, survey, UNSAID } from './pace.ts'
import type { Container } from './sniff.ts'
import { type QuarterTurns, quarterTurns, turn } from './turn.ts'

/** Frames that lie this close to the start are decoded from there: a seek costs more. In seconds. */
const WORTH_A_SEEK = 2

export async function openWithFfmpeg(source: Source, container: Container, about: About): Promise<VideoReader> {
  const file = { source, container, about }
  await using first = await openStream(file)
  checkSize(first.stream.codecpar, about)
  const start = await firstFrame(first, file)
  const { frameCount, durationS, fps } = paceOf(first.input, first.stream, await surveyed(file))

  return {
    facts: { mime: container.mime, width: start.width, height: start.height, frameCount, durationS, fps },
    read: (fromS, signal) => readFrames(file, { startS: start.timeS, fps }, fromS, signal),
  }
}

interface File {
  readonly source: Source
  readonly container: Container
  readonly about: About
}

interface OpenStream extends AsyncDisposable {
  readonly input: Demuxer
  readonly stream: Stream
  readonly turns: QuarterTurns
}

/** node-av does not free what it reads bytes through: 32 KB for each video by itself. Large reads go around it. */
const BUFFER_BYTES = 4096

/** The container is named, so that FFmpeg never takes a file for a playlist and opens what that names. */
async function openStream(file: File): Promise<OpenStream> {
  const { source, container, about } = file
  const { api, constants } = await loadAv(about.path)
  const place =
    'file' in source ? source.file : Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.length)
  const end = beginNative()
  const input = await guarded(file, () =>
    api.Demuxer.open(place, { format: container.format, bufferSize: BUFFER_BYTES }),
  ).catch((error) => {
    end()
    throw error
  })
  const close = () => input.close().finally(end)
  const stream = input.video()
  if (!stream) {
    const { length } = input.streams
    await close()
    const { path, name } = about
    if (length === 0) throw damaged(about, 'it ends too early')
    throw new SpaceError('file-type', { path, expected: VIDEOS, got: 'a file without pictures', name: name ?? '' })
  }
  const turns = quarterTurns(stream.codecpar.getCodedSideData(constants.AV_PKT_DATA_DISPLAYMATRIX))
  return { input, stream, turns, [Symbol.asyncDispose]: close }
}

async function firstFrame({ input, stream, turns }: OpenStream, file: File) {
  const { api } = await loadAv(file.about.path)
  return guarded(file, async () => {
    using decoder = await api.Decoder.create(stream)
    for await (const frame of decoder.frames(input.packets(stream.index))) {
      if (!frame) continue
      const { width, height } = frame
      const timeS = timeOf(frame)
      frame.free()
      return turns % 2 ? { width: height, height: width, timeS } : { width, height, timeS }
    }
    throw new Error('it holds no frame that can be decoded')
  })
}

/** Counts the packets where the container does not say how many frames there are, or not always rightly, as AVI. */
async function surveyed(file: File): Promise<Survey> {
  await using open = await openStream(file)
  const { input, stream } = open
  if (stream.nbFrames > 0n && file.container.format !== 'avi' && !hidesFrames(stream))
    return { frameCount: Number(stream.nbFrames), lengthS: null }
  // Awaited here: the file is closed when this function ends.
  return await guarded(file, () => survey(input, stream))
}

async function* readFrames(
  file: File,
  pace: { startS: number; fps: number },
  fromS: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<RawFrame, void, void> {
  const { startS, fps } = pace
  const { api, constants } = await loadAv(file.about.path)
  await using open = await openStream(file)
  const { input, stream, turns } = open
  // A frame earlier: times of AVI are whole frames, and rounded to the nearest.
  const target = fromS + startS - 1 / fps
  const jumped = fromS > WORTH_A_SEEK && (await input.seek(target, -1, constants.AVSEEK_FLAG_BACKWARD)) >= 0
  using decoder = await guarded(file, () => api.Decoder.create(stream))

  let count = 0
  const frames = decoder.frames(input.packets(stream.index))
  try {
    for (;;) {
      signal?.throwIfAborted()
      checkNative()
      const { value: frame, done } = await guarded(file, () => frames.next())
      if (frame === null) continue
      const timeS = done ? Infinity : Math.max(0, timeOf(frame) - startS)
      if (jumped && count === 0 && timeS > fromS) {
        // A file whose index is wrong leads too far.
        frame?.free()
        return yield* readFrames(file, pace, 0, signal)
      }
      if (done) return
      yield {
        // After a jump the number is reckoned from the time: nothing in a file counts its frames.
        index: jumped ? Math.round(timeS * fps) : count,
        timeS,
        read: () => guarded(file, () => toImage(frame, turns)),
        free: () => frame.free(),
      }
      count++
    }
  } finally {
    await frames.return(undefined)
  }
}

/**
 * RGB as PyAV's `to_ndarray(format='rgb24')` gives it, to the last bit: by the matrix and range that the frame names,
 * without a change of primaries, with bilinear chroma. A frame may be read after its decoder has ended.
 */
async function toImage(frame: AvFrame, turns: QuarterTurns): Promise<Image> {
  const { lib, constants } = await loadAv('frame')
  const { width, height, colorPrimaries, colorTrc } = frame
  using scaler = new lib.SoftwareScaleContext()
  scaler.allocContext()
  scaler.setOption('sws_flags', 'bilinear')
  using rgb = new lib.Frame()
  rgb.alloc()
  Object.assign(rgb, { width, height, format: constants.AV_PIX_FMT_RGB24, colorPrimaries, colorTrc })
  // With room after each row: without it FFmpeg leaves out the last columns of widths that its vectors do not divide.
  rgb.getBuffer(0)
  const end = beginNative()
  const failure = await scaler.scaleFrame(rgb, frame).finally(end)
  if (failure < 0) throw new Error(`FFmpeg cannot convert a frame: ${failure}`)
  const data = rgb.toBuffer()
  const pixels = turn({ width, height, channels: 3, data }, turns)
  return new ImageHandle({ kind: 'pixels', pixels }, { path: 'frame', name: null })
}

function timeOf(frame: AvFrame): number {
  const stamp = frame.bestEffortTimestamp === UNSAID ? frame.pts : frame.bestEffortTimestamp
  return Number(stamp) * seconds(frame.timeBase)
}

/** FFmpeg's errors in the words of the project. */
async function guarded<T>({ about, source, container }: File, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isSpaceError(error)) throw error
    const short = container.format === 'mov' && isCutShort(source)
    throw damaged(about, short ? 'it ends too early' : 'its contents are damaged', error)
  }
}

function damaged({ path, name }: About, reason: string, cause?: unknown): SpaceError {
  const details = { path, expected: VIDEOS, reason }
  return new SpaceError('file-broken', name === null ? details : { ...details, name }, { cause })
}
