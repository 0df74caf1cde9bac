/** Frames to MP4 (H.264, 4:2:0), through node-av. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expected } from '#core/errors.ts'
import type { Image, Pixels } from '#core/media.ts'
import { isImage } from './image.ts'
import { loadAv } from './node-av.ts'

export interface EncodeVideoOptions {
  /** Frames a second, 0.01 to 1000. */
  fps: number
  /** 0 (no loss to speak of, large) to 51 (worst, small): x264's constant rate factor. Default 20. */
  quality?: number
  signal?: AbortSignal
  /** @param count - frames written so far. */
  onProgress?: (count: number) => void
}

/** The longest side that x264 writes. */
const MAX_SIDE = 16_384

/** A frame that is complete in itself comes as often as this, so that a player can jump there. */
const KEY_FRAME_EVERY_S = 2

/**
 * Writes frames of one size as an MP4 that browsers play while it loads. H.264 wants even sides: where a side is odd, the
 * last column or row is there twice.
 * @throws SpaceError `invalid-value` for frames of different sizes, too large ones or none at all, `package-missing`
 */
export async function encodeVideo(
  frames: Iterable<Image> | AsyncIterable<Image>,
  options: EncodeVideoOptions,
): Promise<Uint8Array> {
  const { fps, quality = 20 } = options
  if (typeof fps !== 'number' || !(fps >= 0.01 && fps <= 1000))
    throw expected('encodeVideo: fps', 'a number from 0.01 to 1000', fps)
  if (!isIterable(frames)) throw expected('encodeVideo: frames', 'a list or a stream of Images', frames)
  if (!(quality >= 0 && quality <= 51)) throw expected('encodeVideo: quality', 'a number from 0 to 51', quality)
  const folder = await mkdtemp(join(tmpdir(), 'spaces-video-'))
  try {
    // FFmpeg moves the index to the front by reading its own output again, which takes a file.
    const file = join(folder, 'video.mp4')
    await write(file, frames, { ...options, quality })
    return new Uint8Array(await readFile(file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function write(
  file: string,
  frames: Iterable<Image> | AsyncIterable<Image>,
  { fps, quality, signal, onProgress }: EncodeVideoOptions & { quality: number },
): Promise<void> {
  const { api, lib, constants } = await loadAv('encodeVideo')
  const timeBase = frameDuration(fps)
  using scaler = new api.Scaler()
  using encoder = await api.Encoder.create(constants.FF_ENCODER_LIBX264, {
    gopSize: Math.max(1, Math.round(fps * KEY_FRAME_EVERY_S)),
    options: { crf: quality, preset: 'veryfast' },
  })
  await using muxer = await api.Muxer.open(file, { format: 'mp4', options: { movflags: '+faststart' } })
  const stream = muxer.addStream(encoder)

  async function* converted() {
    let count = 0
    for await (const pixels of sameSize(frames)) {
      signal?.throwIfAborted()
      const { width, height, data } = pixels
      const pts = BigInt(count)
      using rgb = lib.Frame.fromVideoBuffer(Buffer.from(data.buffer, data.byteOffset, data.length), {
        width,
        height,
        format: constants.AV_PIX_FMT_RGB24,
        timeBase,
        pts,
      })
      const planes = await scaler.toBuffer(rgb, { format: 'yuv420p' })
      const frame = lib.Frame.fromVideoBuffer(planes, {
        width,
        height,
        format: constants.AV_PIX_FMT_YUV420P,
        timeBase,
        pts,
      })
      // Said in the file: players guess from the size otherwise, and guess wrong for large pictures.
      frame.colorSpace = constants.AVCOL_SPC_SMPTE170M
      frame.colorRange = constants.AVCOL_RANGE_MPEG
      frame.duration = 1n
      yield frame // freed by the encoder
      count++
      onProgress?.(count)
    }
    yield null
  }
  for await (const packet of encoder.packets(converted())) {
    if (packet) await muxer.writePacket(packet, stream)
    packet?.free()
  }
  await muxer.writePacket(null, stream)
}

/** One over the rate as a fraction; television's rates (29.97, …) are so many thousand over 1001. */
function frameDuration(fps: number): { num: number; den: number } {
  if (Number.isInteger(fps)) return { num: 1, den: fps }
  const ntsc = Math.round(fps)
  if (Math.abs((ntsc * 1000) / 1001 - fps) < 0.005) return { num: 1001, den: ntsc * 1000 }
  return { num: 1000, den: Math.round(fps * 1000) }
}

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)

/** RGB frames with even sides. */
async function* sameSize(frames: Iterable<Image> | AsyncIterable<Image>): AsyncGenerator<Pixels, void, void> {
  let size: string | null = null
  let count = 0
  for await (const frame of frames) {
    if (!isImage(frame)) throw expected(`frames[${count}]`, 'an Image', frame)
    const given = `${frame.width} x ${frame.height}`
    size ??= given
    if (Math.max(frame.width, frame.height) > MAX_SIDE)
      throw expected(`frames[${count}]`, `a picture of at most ${MAX_SIDE} pixels a side`, given)
    if (given !== size) throw expected(`frames[${count}]`, `a picture of ${size}, as the first`, given)
    count++
    yield evenSides(await frame.rgb())
  }
  if (count === 0) throw expected('frames', 'at least one picture', [])
}

function evenSides({ width, height, data }: Pixels): Pixels {
  const even = { width: width + (width % 2), height: height + (height % 2) }
  if (even.width === width && even.height === height) return { width, height, channels: 3, data }
  const out = new Uint8Array(even.width * even.height * 3)
  for (let y = 0; y < even.height; y++) {
    const row = data.subarray(Math.min(y, height - 1) * width * 3, (Math.min(y, height - 1) + 1) * width * 3)
    out.set(row, y * even.width * 3)
    if (even.width > width) out.set(row.subarray(-3), (y * even.width + width) * 3)
  }
  return { ...even, channels: 3, data: out }
}
