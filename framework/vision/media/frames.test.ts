import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Image } from '#core/media.ts'
import { encodeVideo } from './encode-video.ts'
import { type Frame, type FrameChoice, type OpenVideo, openVideo } from './frames.ts'
import { loadAv } from './node-av.ts'
import { createImage, openImage } from './open-image.ts'
import { quarterTurns, turn } from './turn.ts'

const noVideo = await loadAv('test').then(
  () => false,
  () => 'node-av is not installed',
)
const clips = fileURLToPath(new URL('../../../../shared/assets/videos/', import.meta.url))
const noClips = noVideo || (existsSync(clips) ? false : `there is no ${clips}`)
const animated = new URL('../../../test/fixtures/decode/animated.gif', import.meta.url)

/** Ten frames at 5 a second, each of one grey that says its number: 20, 40, … 200. */
function greys(count = 10, width = 34, height = 21): Image[] {
  return Array.from({ length: count }, (_, index) =>
    createImage({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(20 * (index + 1)) }),
  )
}

async function collect(video: OpenVideo, choice?: FrameChoice): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of video.frames(choice)) frames.push(frame)
  return frames
}

/** Which of the greys a frame shows. */
async function shown({ image }: Frame): Promise<number> {
  const { data } = await image.rgb()
  return Math.round((data[0] as number) / 20) - 1
}
const allShown = (frames: readonly Frame[]) => Promise.all(frames.map(shown))
const times = (frames: readonly Frame[]) => frames.map(({ timeS }) => Math.round(timeS * 1000) / 1000)

type Codec = 'FF_ENCODER_LIBX264' | 'FF_ENCODER_LIBVPX_VP9' | 'FF_ENCODER_MPEG4' | 'FF_ENCODER_APNG'

interface Writing {
  /** When each of the ten comes, in fifths of a second. */
  readonly at?: readonly number[]
  readonly pixels?: 'yuv420p' | 'rgb24'
  readonly fps?: number
  /** Frames from one that is complete in itself to the next. */
  readonly gopSize?: number
}

/** The ten greys in another container, through FFmpeg's own encoders. */
async function writeWith(
  file: string,
  codec: Codec,
  { at, pixels = 'yuv420p', fps = 5, gopSize = 12 }: Writing = {},
): Promise<void> {
  const { api, lib, constants } = await loadAv('test')
  const [width, height, timeBase] = [64, 48, { num: 1, den: fps }]
  const format = pixels === 'rgb24' ? constants.AV_PIX_FMT_RGB24 : constants.AV_PIX_FMT_YUV420P
  using scaler = new api.Scaler()
  using encoder = await api.Encoder.create(constants[codec], { gopSize })
  await using muxer = await api.Muxer.open(file)
  const stream = muxer.addStream(encoder)
  async function* frames() {
    for (const [index, image] of greys(10, width, height).entries()) {
      const { data } = await image.rgb()
      const about = { width, height, timeBase, pts: BigInt(at?.[index] ?? index) }
      using rgb = lib.Frame.fromVideoBuffer(Buffer.from(data), { ...about, format: constants.AV_PIX_FMT_RGB24 })
      const planes = pixels === 'rgb24' ? Buffer.from(data) : await scaler.toBuffer(rgb, { format: pixels })
      yield lib.Frame.fromVideoBuffer(planes, { ...about, format })
    }
    yield null
  }
  for await (const packet of encoder.packets(frames())) {
    if (packet) await muxer.writePacket(packet, stream)
    packet?.free()
  }
  await muxer.writePacket(null, stream)
}

test('frames become an MP4 and come back at their times', { skip: noVideo }, async () => {
  const video = await openVideo(await encodeVideo(greys(), { fps: 5, quality: 0 }))
  const { mime, width, height, frameCount, durationS, fps } = video
  assert.deepEqual({ mime, frameCount, fps }, { mime: 'video/mp4', frameCount: 10, fps: 5 })
  assert.deepEqual([width, height], [34, 22], 'odd sides grow by one')
  assert.equal(Math.round(durationS * 1000), 2000)

  const frames = await collect(video)
  assert.deepEqual(times(frames), [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8])
  assert.deepEqual(await allShown(frames), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('every column of a frame is there, whatever the width', { skip: noVideo }, async () => {
  for (const width of [2, 18, 26, 34, 38, 46, 66, 102]) {
    const grey = createImage({ width, height: 6, channels: 1, data: new Uint8Array(width * 6).fill(120) })
    const [frame] = await collect(await openVideo(await encodeVideo([grey], { fps: 5, quality: 5 })))
    const { data } = await (frame as Frame).image.rgb()
    assert.equal(data.length, width * 6 * 3)
    const furthest = Math.max(...Array.from(data, (value) => Math.abs(value - 120)))
    assert.ok(furthest <= 3, `${width} columns: off by ${furthest}`)
  }
})

test('a video is seen at exact times', { skip: noVideo }, async () => {
  const video = await openVideo(await encodeVideo(greys(), { fps: 5, quality: 0 }))
  const at = async (choice: FrameChoice) => allShown(await collect(video, choice))
  assert.deepEqual(await at({ times: [0, 0.19, 0.2, 0.2, 1.5, 99] }), [0, 0, 1, 1, 7, 9])
  assert.deepEqual(await at({ indices: [0, 3, 3, 8] }), [0, 3, 3, 8])
  assert.deepEqual(await at({ count: 4 }), [0, 2, 5, 7])
  assert.deepEqual(await at({ fps: 2 }), [0, 2, 5, 7])
  assert.deepEqual(await at({ start: 1, end: 1.5 }), [5, 6, 7])
  assert.deepEqual(await at({ count: 2, start: 1, end: 2 }), [5, 7])
})

test('MOV, WebM, AVI and MPEG are read as MP4 is', { skip: noVideo }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-containers-'))
  try {
    for (const [name, codec, mime] of [
      ['video.mov', 'FF_ENCODER_LIBX264', 'video/quicktime'],
      ['video.webm', 'FF_ENCODER_LIBVPX_VP9', 'video/webm'],
      ['video.avi', 'FF_ENCODER_MPEG4', 'video/x-msvideo'],
      ['video.ts', 'FF_ENCODER_LIBX264', 'video/mp2t'],
    ] as const) {
      await writeWith(join(folder, name), codec)
      const video = await openVideo(join(folder, name))
      assert.deepEqual([video.mime, video.frameCount, video.fps, video.width], [mime, 10, 5, 64], name)
      assert.deepEqual(await allShown(await collect(video, { times: [0, 0.2, 0.9, 1.8] })), [0, 1, 4, 9], name)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('frames that come as they please are seen when they come', { skip: noVideo }, async () => {
  const file = join(tmpdir(), `spaces-pace-${process.pid}.webm`)
  const at = [0, 1, 5, 6, 7, 20, 21, 22, 23, 29]
  await writeWith(file, 'FF_ENCODER_LIBVPX_VP9', { at })
  try {
    const video = await openVideo(file)
    assert.deepEqual(
      times(await collect(video)),
      at.map((fifth) => fifth / 5),
    )
    assert.ok(video.durationS > 5.8 && video.durationS < 7 && video.fps < 2, `${video.durationS} s, ${video.fps}`)
    assert.deepEqual(await allShown(await collect(video, { times: [0.9, 1, 3.9, 5.7] })), [1, 2, 4, 8])
  } finally {
    await rm(file)
  }
})

test('a jump never leads past the frame that is wanted', { skip: noVideo }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-test-'))
  try {
    const file = join(folder, 'slow.avi')
    await writeWith(file, 'FF_ENCODER_MPEG4', { fps: 2, gopSize: 1 })
    const video = await openVideo(file)
    const frames = await collect(video, { times: [2.9, 4.4] })
    assert.deepEqual(times(frames), [2.5, 4])
    assert.deepEqual(await allShown(frames), [5, 8])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what an edit has cut away does not count', { skip: noVideo }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-test-'))
  try {
    const file = join(folder, 'edited.mp4')
    await writeWith(file, 'FF_ENCODER_LIBX264', { at: [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6] })
    const video = await openVideo(file)
    const frames = await collect(video)
    assert.deepEqual(await allShown(frames), [3, 4, 5, 6, 7, 8, 9])
    assert.equal(video.frameCount, 7)
    assert.equal(Math.round(video.durationS * 1000), 1400)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('an animated PNG is a video, another PNG is not', { skip: noVideo }, async () => {
  const file = join(tmpdir(), `spaces-moving-${process.pid}.apng`)
  await writeWith(file, 'FF_ENCODER_APNG', { pixels: 'rgb24' })
  try {
    const video = await openVideo(file)
    assert.deepEqual([video.mime, video.frameCount, video.fps], ['image/apng', 10, 5])
    assert.deepEqual(await allShown(await collect(video)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  } finally {
    await rm(file)
  }
  await assert.rejects(openVideo(await createImage(GREY).encode('png')), {
    message: /got a still picture \(image\/png\)/,
  })
})

const GREY = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) } as const

test('colours are made by the matrix that the file names', { skip: noVideo }, async () => {
  const { api, lib, constants } = await loadAv('test')
  const [width, height, timeBase] = [32, 32, { num: 1, den: 5 }]
  const [red, green, blue] = [200, 40, 90]
  for (const [space, kr, kb] of [
    [constants.AVCOL_SPC_BT709, 0.2126, 0.0722],
    [constants.AVCOL_SPC_SMPTE170M, 0.299, 0.114],
    [constants.AVCOL_SPC_BT2020_NCL, 0.2627, 0.0593],
  ] as const) {
    const luma = (kr * red + (1 - kr - kb) * green + kb * blue) / 255
    const y = 16 + 219 * luma
    const u = 128 + (112 * (blue / 255 - luma)) / (1 - kb)
    const v = 128 + (112 * (red / 255 - luma)) / (1 - kr)
    const planes = Buffer.concat(
      [y, u, v].map((value, plane) => Buffer.alloc((width * height) / (plane ? 4 : 1), Math.round(value))),
    )
    const file = join(tmpdir(), `spaces-matrix-${process.pid}-${space}.mp4`)
    {
      using encoder = await api.Encoder.create(constants.FF_ENCODER_LIBX264, { options: { crf: 0 } })
      await using muxer = await api.Muxer.open(file)
      const stream = muxer.addStream(encoder)
      const frames = async function* () {
        const about = { width, height, timeBase, pts: 0n, format: constants.AV_PIX_FMT_YUV420P }
        const frame = lib.Frame.fromVideoBuffer(planes, about)
        frame.colorSpace = space
        frame.colorRange = constants.AVCOL_RANGE_MPEG
        yield frame
        yield null
      }
      for await (const packet of encoder.packets(frames())) {
        if (packet) await muxer.writePacket(packet, stream)
        packet?.free()
      }
      await muxer.writePacket(null, stream)
    }
    try {
      const [frame] = await collect(await openVideo(file))
      const { data = new Uint8Array() } = (await frame?.image.rgb()) ?? {}
      for (const [i, wanted] of [red, green, blue].entries())
        assert.ok(Math.abs((data[i] as number) - wanted) <= 2, `matrix ${space}: ${data.subarray(0, 3)}`)
    } finally {
      await rm(file)
    }
  }
})

test('a wrong choice of frames is named', { skip: noVideo }, async () => {
  const video = await openVideo(await encodeVideo(greys(2), { fps: 5 }))
  const message = (choice: FrameChoice, text: RegExp) => assert.rejects(collect(video, choice), { message: text })
  await message({ count: 2, fps: 1 }, /frames: expected one of count, fps, times and indices, got “count and fps”/)
  await message({ times: [1, 0.5] }, /frames: times\[1\]: expected a number, 1 or more, got 0\.5/)
  await message({ count: 0 }, /frames: count: expected a whole number, 1 or more/)
  await message({ start: 2, end: 1 }, /frames: end: expected seconds after start/)
})

test('a file is read from its path, and reading stops when it is cancelled', { skip: noVideo }, async () => {
  const file = join(tmpdir(), `spaces-frames-${process.pid}.mp4`)
  await writeFile(file, await encodeVideo(greys(), { fps: 5 }))
  try {
    const video = await openVideo(file)
    const cancel = new AbortController()
    let count = 0
    await assert.rejects(async () => {
      for await (const _ of video.frames({ signal: cancel.signal })) {
        if (++count === 3) cancel.abort(new Error('enough'))
      }
    }, /enough/)
    assert.equal(count, 3)
    for await (const frame of video.frames()) {
      assert.equal(frame.index, 0)
      break
    }
  } finally {
    await rm(file)
  }
})

test('frames of different sizes make no video', { skip: noVideo }, async () => {
  await assert.rejects(encodeVideo([...greys(1), ...greys(1, 10, 10)], { fps: 5 }), {
    message: /frames\[1\]: expected a picture of 34 x 21, as the first, got “10 x 10”/,
  })
  await assert.rejects(encodeVideo(['a.png'] as never, { fps: 5 }), { message: /frames\[0\]: expected an Image, got/ })
  await assert.rejects(encodeVideo('a.png' as never, { fps: 5 }), { message: /frames: expected a list or a stream/ })
  await assert.rejects(encodeVideo([], { fps: 5 }), { message: /frames: expected at least one picture/ })
  await assert.rejects(encodeVideo(greys(1), { fps: 0 }), { message: /fps: expected a number from 0.01/ })
})

test('frames too large for H.264 and rates too slow for it are refused by name', { skip: noVideo }, async () => {
  const long = createImage({ width: 16_386, height: 2, channels: 1, data: new Uint8Array(2 * 16_386) })
  await assert.rejects(encodeVideo([long], { fps: 5 }), /^SpaceError: frames\[0\]: expected a picture of at most 16384/)
  await assert.rejects(
    encodeVideo(greys(1), { fps: 0.0004 }),
    /^SpaceError: encodeVideo: fps: expected a number from 0.01/,
  )
})

test('a file cut short is named as damaged, and a text is no video', { skip: noVideo }, async () => {
  const whole = await encodeVideo(greys(), { fps: 5 })
  await assert.rejects(openVideo(whole.slice(0, 40)), { code: 'file-broken' })
  await assert.rejects(openVideo(new TextEncoder().encode('#EXTM3U\nhttp://inside/secret')), {
    code: 'file-type',
    message: /video: expected a video: MP4, .* got text/,
  })
})

test('an animated GIF is a video', async () => {
  const video = await openVideo(await readFile(animated))
  assert.equal(video.mime, 'image/gif')
  const frames = await collect(video)
  assert.equal(frames.length, video.frameCount)
  assert.ok(video.frameCount > 1)
  const still = await openImage(await readFile(animated))
  assert.deepEqual([video.width, video.height], [still.width, still.height])
  assert.deepEqual(
    times(frames),
    times(frames).toSorted((a, b) => a - b),
  )
  const [first, second] = await Promise.all(frames.slice(0, 2).map(({ image }) => image.rgb()))
  assert.notDeepEqual(first?.data, second?.data)
  const [picked] = await collect(video, { indices: [1] })
  assert.deepEqual((await picked?.image.rgb())?.data, second?.data)
})

test('real videos have the frames that their makers say', { skip: noClips }, async () => {
  const expected = {
    'gradio_world.mp4': [901, 30],
    'mmaction2_demo_armwrestling.mp4': [280, 28],
    'mmaction2_test.mp4': [300, 30],
  }
  for (const [name, [frameCount, fps]] of Object.entries(expected)) {
    const video = await openVideo(join(clips, name))
    assert.deepEqual([video.frameCount, video.fps], [frameCount, fps], name)
    assert.equal((await collect(video, { count: 8 })).length, 8)
  }
})

test('jumping into a long video gives the frame that walking there gives', { skip: noClips }, async () => {
  const video = await openVideo(join(clips, 'gradio_world.mp4'))
  const [walked] = await collect(video, { indices: [155] })
  const [jumped] = await collect(video, { times: [155 / 30] })
  assert.equal(jumped?.index, 155)
  assert.deepEqual((await jumped?.image.rgb())?.data, (await walked?.image.rgb())?.data)
})

test('a phone’s note of how it was held turns the frames', { skip: noVideo }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-upright-'))
  try {
    // Dark on the left, bright on the right: turned clockwise, dark is at the top.
    const row = Uint8Array.from({ length: 64 * 3 }, (_, i) => (i < 96 ? 20 : 220))
    const data = Uint8Array.from({ length: 48 * row.length }, (_, i) => row[i % row.length] as number)
    const lying = await encodeVideo([createImage({ width: 64, height: 48, channels: 3, data })], { fps: 5 })
    const file = join(folder, 'upright.mp4')
    await copyTurned(lying, file)
    const video = await openVideo(file)
    const [frame] = await collect(video)
    const pixels = await frame?.image.rgb()
    assert.deepEqual([video.width, video.height, pixels?.width, pixels?.height], [48, 64, 48, 64])
    assert.ok((pixels?.data[0] ?? 255) < 60 && (pixels?.data.at(-1) ?? 0) > 180)
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** Writes the same video with a note that it is to be turned clockwise by a quarter. */
async function copyTurned(bytes: Uint8Array, file: string): Promise<void> {
  const { api, constants } = await loadAv('test')
  await using input = await api.Demuxer.open(Buffer.from(bytes))
  await using muxer = await api.Muxer.open(file)
  const stream = input.video()
  assert.ok(stream)
  const matrix = Buffer.alloc(36)
  matrix.writeInt32LE(65536, 4)
  matrix.writeInt32LE(-65536, 12)
  matrix.writeInt32LE(2 ** 30, 32)
  stream.codecpar.addCodedSideData(constants.AV_PKT_DATA_DISPLAYMATRIX, matrix)
  const copy = muxer.addStream(stream)
  for await (const packet of input.packets(stream.index)) {
    if (packet) await muxer.writePacket(packet, copy)
    packet?.free()
  }
  await muxer.writePacket(null, copy)
}

test('quarter turns move pixels as they say', () => {
  const matrix = new DataView(new ArrayBuffer(36))
  matrix.setInt32(4, 65536, true)
  matrix.setInt32(12, -65536, true)
  assert.equal(quarterTurns(new Uint8Array(matrix.buffer)), 1)
  assert.equal(quarterTurns(null), 0)
  // 1 2 3 over 4 5 6, turned clockwise, is 4 1, 5 2, 6 3.
  const pixels = { width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const
  assert.deepEqual([...turn(pixels, 1).data], [4, 1, 5, 2, 6, 3])
  assert.deepEqual([...turn(pixels, 2).data], [6, 5, 4, 3, 2, 1])
  assert.deepEqual([...turn(pixels, 3).data], [3, 6, 2, 5, 1, 4])
  assert.deepEqual([turn(pixels, 1).width, turn(pixels, 1).height], [2, 3])
})
