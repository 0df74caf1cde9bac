/** What an `Image` can be turned into. The work is libvips', off this thread. */

import { expected } from '#core/errors.ts'
import type { Image, Pixels, Rectangle } from '#core/media.ts'
import { MAX_PIXELS } from './bounds.ts'
import { type About, decoding, fromPixels, type Source, toPixels } from './codec.ts'

export type Resize = Parameters<Image['resize']>[0]
type Fit = NonNullable<Resize['fit']>
interface Size {
  readonly width: number
  readonly height: number
}

const whole = (value: number) => Math.max(1, Math.round(value))

/**
 * Size of the result. `fill` ignores the aspect ratio, `inside` fits within both sides, `cover` and `contain` give
 * exactly both sides by cutting or by transparent bars.
 */
export function resizedSize(from: Size, to: Resize): Size {
  if (to.fit !== undefined && !FITS.includes(to.fit)) throw expected('resize: fit', `one of ${FITS.join(', ')}`, to.fit)
  const size = sizeFor(from, to)
  if (size.width * size.height > MAX_PIXELS)
    throw expected('resize', `a result of at most ${MAX_PIXELS / 1e6} megapixels`, `${size.width} x ${size.height}`)
  return size
}

const FITS: readonly Fit[] = ['fill', 'inside', 'cover', 'contain']

function sizeFor(from: Size, { width, height, fit }: Resize): Size {
  for (const [side, value] of [
    ['width', width],
    ['height', height],
  ] as const) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 1))
      throw expected(`resize: ${side}`, 'pixels, 1 or more', value)
  }
  if (width === undefined) {
    if (height === undefined) throw expected('resize', 'a width or a height', undefined)
    return { width: whole((from.width * height) / from.height), height: whole(height) }
  }
  if (height === undefined) return { width: whole(width), height: whole((from.height * width) / from.width) }
  if (fit !== 'inside') return { width: whole(width), height: whole(height) }
  const scale = Math.min(width / from.width, height / from.height)
  return { width: whole(from.width * scale), height: whole(from.height * scale) }
}

/** From a file straight to the smaller size where it can be: JPEG decodes to a fraction of its size much faster. */
export async function resize(
  from: Source | (() => Promise<Pixels>),
  { width, height }: Size,
  fit: Fit,
  about: About,
): Promise<Pixels> {
  const pipeline = typeof from === 'function' ? await fromPixels(await from()) : await decoding(from, about)
  const sized = pipeline.resize({
    width,
    height,
    fit: fit === 'inside' ? 'fill' : fit,
    background: { r: 0, g: 0, b: 0, alpha: 0 },
  })
  return toPixels(sized, about)
}

export async function crop({ width, channels, data }: Pixels, area: Rectangle): Promise<Pixels> {
  const rowBytes = area.width * channels
  const out = new Uint8Array(area.height * rowBytes)
  for (let row = 0; row < area.height; row++) {
    const start = ((area.top + row) * width + area.left) * channels
    out.set(data.subarray(start, start + rowBytes), row * rowBytes)
  }
  return { width: area.width, height: area.height, channels, data: out }
}

/** @throws SpaceError `invalid-value` where the area is not whole pixels within the image. */
crop.check = (from: Size, area: Rectangle): Rectangle => {
  const { left, top, width, height } = area
  const inside =
    [left, top, width, height].every(Number.isInteger) &&
    left >= 0 &&
    top >= 0 &&
    width > 0 &&
    height > 0 &&
    left + width <= from.width &&
    top + height <= from.height
  if (!inside)
    throw expected(
      'crop',
      `an area of whole pixels within ${from.width} x ${from.height}`,
      `${left}, ${top}, ${width} x ${height}`,
    )
  return area
}

export async function blur(pixels: Pixels, sigma: number): Promise<Pixels> {
  return toPixels((await fromPixels(pixels)).blur(Math.max(MIN_SIGMA, sigma)))
}

/** libvips blurs by nothing below this. */
const MIN_SIGMA = 0.3
const MAX_SIGMA = 1000

/** @throws SpaceError `invalid-value` */
blur.check = (sigma: number): void => {
  if (!(sigma >= 0 && sigma <= MAX_SIGMA)) throw expected('blur: sigma', `pixels, 0 to ${MAX_SIGMA}`, sigma)
}

/** One channel, ITU-R 601 luma with Pillow's `convert('L')` rounding; alpha is kept, as grey with alpha in 4 channels. */
export async function grayscale({ width, height, channels, data }: Pixels): Promise<Pixels> {
  if (channels === 1) return { width, height, channels, data }
  const count = width * height
  const out = new Uint8Array(count * (channels === 4 ? 4 : 1))
  const step = channels === 4 ? 4 : 1
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += step) {
    const grey = luma(data[from] as number, data[from + 1] as number, data[from + 2] as number)
    out[to] = grey
    if (step === 4) {
      out[to + 1] = grey
      out[to + 2] = grey
      out[to + 3] = data[from + 3] as number
    }
  }
  return { width, height, channels: step, data: out }
}

export const luma = (red: number, green: number, blue: number): number =>
  (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16
