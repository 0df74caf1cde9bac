/** The `Image` of `#core/media.ts`: a handle that decodes when it is read. */

import type { Image, ImageFormat, Pixels, Rectangle } from '#core/media.ts'
import { type About, decodeRgb, decodeRgba, encodePixels, type Header, type Source } from './codec.ts'
import { blur, crop, grayscale, type Resize, resize, resizedSize } from './transforms.ts'

type Reading = { signal?: AbortSignal }
type Rgba = Pixels & { channels: 4 }
type Rgb = Pixels & { channels: 3 }

/** Where an image has its pixels from. */
export type Origin =
  | { readonly kind: 'encoded'; readonly source: Source; readonly header: Header }
  | { readonly kind: 'pixels'; readonly pixels: Pixels }
  | { readonly kind: 'derived'; readonly size: { width: number; height: number }; readonly make: () => Promise<Pixels> }

const HANDLE: unique symbol = Symbol.for('spaces.image') as never

/** Rows converted before the event loop gets a turn, counted in values: about 2 ms of work. */
const VALUES_PER_TURN = 1 << 20

export class ImageHandle implements Image {
  readonly [HANDLE]: Origin
  readonly #about: About
  readonly width: number
  readonly height: number
  readonly mime: string

  constructor(origin: Origin, about: About) {
    this[HANDLE] = origin
    this.#about = about
    const { width, height } =
      origin.kind === 'encoded' ? origin.header : origin.kind === 'pixels' ? origin.pixels : origin.size
    this.width = width
    this.height = height
    this.mime = origin.kind === 'encoded' ? origin.header.mime : 'image/png'
  }

  get name(): string | null {
    return this.#about.name
  }

  async pixels({ signal }: Reading = {}): Promise<Rgba> {
    return this.#read(signal, (source) => decodeRgba(source, this.#about), toRgba)
  }

  async rgb({ signal }: Reading = {}): Promise<Rgb> {
    return this.#read(signal, (source) => decodeRgb(source, this.#about), toRgb)
  }

  async #read<P extends Pixels>(
    signal: AbortSignal | undefined,
    decode: (source: Source) => Promise<P>,
    convert: (pixels: Pixels) => P,
  ): Promise<P> {
    signal?.throwIfAborted()
    const origin = this[HANDLE]
    const read = origin.kind === 'encoded' ? await decode(origin.source) : convert(await readPixels(origin))
    signal?.throwIfAborted()
    return read
  }

  async bytes(): Promise<Uint8Array> {
    const origin = this[HANDLE]
    if (origin.kind !== 'encoded') return this.encode('png')
    if ('bytes' in origin.source) return origin.source.bytes
    const { readFile } = await import('node:fs/promises')
    return readFile(origin.source.file)
  }

  async encode(format: ImageFormat, options: { quality?: number } = {}): Promise<Uint8Array> {
    const origin = this[HANDLE]
    const pixels = origin.kind === 'encoded' ? await this.pixels() : await readPixels(origin)
    return encodePixels(pixels, format, options.quality)
  }

  async toTensor(): Promise<{ type: 'float32'; dims: [3, number, number]; data: Float32Array }> {
    const { width, height, data } = await this.rgb()
    const count = width * height
    const values = new Float32Array(3 * count)
    for (let start = 0; start < count; start += VALUES_PER_TURN) {
      if (start > 0) await new Promise((resume) => setImmediate(resume))
      const end = Math.min(count, start + VALUES_PER_TURN)
      for (let i = start, p = start * 3; i < end; i++, p += 3) {
        values[i] = (data[p] as number) / 255
        values[count + i] = (data[p + 1] as number) / 255
        values[2 * count + i] = (data[p + 2] as number) / 255
      }
    }
    return { type: 'float32', dims: [3, height, width], data: values }
  }

  resize(to: Resize): Image {
    const size = resizedSize(this, to)
    if (size.width === this.width && size.height === this.height) return this
    const origin = this[HANDLE]
    const from = origin.kind === 'encoded' ? origin.source : () => readPixels(origin)
    return this.#derive(size, () => resize(from, size, to.fit ?? 'fill', this.#about))
  }

  crop(area: Rectangle): Image {
    const { width, height } = crop.check(this, area)
    return this.#derive({ width, height }, async () => crop(await this.#any(), area))
  }

  blur(sigma: number): Image {
    blur.check(sigma)
    if (sigma === 0) return this
    return this.#derive(this, async () => blur(await this.#any(), sigma))
  }

  grayscale(): Image {
    return this.#derive(this, async () => grayscale(await this.#any()))
  }

  #derive({ width, height }: { width: number; height: number }, make: () => Promise<Pixels>): Image {
    return new ImageHandle({ kind: 'derived', size: { width, height }, make }, this.#about)
  }

  #any(): Promise<Pixels> {
    const origin = this[HANDLE]
    return origin.kind === 'encoded' ? this.pixels() : readPixels(origin)
  }
}

/** Pixels of an image that was made or changed here, in as many channels as it has. */
export async function readPixels(origin: Exclude<Origin, { kind: 'encoded' }>): Promise<Pixels> {
  return origin.kind === 'pixels' ? origin.pixels : origin.make()
}

/** Where this image's pixels are, without decoding; null for anything that is no image of ours. */
export function originOf(value: unknown): Origin | null {
  return typeof value === 'object' && value !== null && HANDLE in value ? (value as ImageHandle)[HANDLE] : null
}

/** Holds across copies of this package. */
export function isImage(value: unknown): value is Image {
  return originOf(value) !== null
}

function toRgba(pixels: Pixels): Rgba {
  const { width, height, channels, data } = pixels
  if (channels === 4) return pixels as Rgba
  const count = width * height
  const out = new Uint8Array(count * 4)
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2]
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += 4) {
    out[to] = data[from] as number
    out[to + 1] = data[from + green] as number
    out[to + 2] = data[from + blue] as number
    out[to + 3] = 255
  }
  return { width, height, channels: 4, data: out }
}

export function toRgb(pixels: Pixels): Rgb {
  const { width, height, channels, data } = pixels
  if (channels === 3) return pixels as Rgb
  const count = width * height
  const out = new Uint8Array(count * 3)
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2]
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += 3) {
    out[to] = data[from] as number
    out[to + 1] = data[from + green] as number
    out[to + 2] = data[from + blue] as number
  }
  return { width, height, channels: 3, data: out }
}
