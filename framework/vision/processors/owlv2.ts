/**
 * OWLv2's processor: pads to a square with black first, then resizes floats as `scipy.ndimage` does: a Gaussian filter
 * against aliasing, and linear interpolation on the grid of pixel areas, both mirroring at the edges.
 */

import type { Pixels } from '#core/media.ts'
import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'

type Plane = Float64Array

/** How far the Gaussian reaches, in standard deviations: SciPy's default. */
const TRUNCATE = 4

export function processOwlv2(picture: Pixels, settings: Settings): { data: Float32Array; size: Size } {
  const { do_rescale, rescale_factor, do_pad, do_resize, size, resample } = settings
  const side = Math.max(picture.width, picture.height)
  const from = do_pad ? { width: side, height: side } : { width: picture.width, height: picture.height }
  const to = do_resize ? { width: size.width ?? 960, height: size.height ?? 960 } : from
  const factor = do_rescale ? rescale_factor : 1
  const data = new Float32Array(3 * to.width * to.height)
  // The range is that of all channels together, since the clipping is done on the whole array.
  const range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }
  const planes = [0, 1, 2].map((channel) => planeOf(picture, channel, from, factor, range))
  for (const [channel, plane] of planes.entries()) {
    // The class takes the number of its filter for the question whether to smooth; 0 is no.
    const out = do_resize ? resizePlane(plane, from, to, resample !== 0) : plane
    write(out, channel, data, settings, range)
  }
  return { data, size: to }
}

function planeOf(picture: Pixels, channel: number, to: Size, factor: number, range: { low: number; high: number }) {
  const plane = new Float64Array(to.width * to.height)
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const value = picture.data[(y * picture.width + x) * picture.channels + channel] as number
      plane[y * to.width + x] = Math.fround(value * factor)
    }
  }
  for (const value of plane) {
    if (value < range.low) range.low = value
    if (value > range.high) range.high = value
  }
  return plane
}

function write(
  plane: Plane,
  channel: number,
  data: Float32Array,
  { do_normalize, image_mean, image_std }: Settings,
  { low, high }: { low: number; high: number },
): void {
  const mean = Math.fround(do_normalize ? (image_mean[channel] as number) : 0)
  const std = Math.fround(do_normalize ? (image_std[channel] as number) : 1)
  const start = channel * plane.length
  for (let i = 0; i < plane.length; i++) {
    const value = Math.fround(Math.min(high, Math.max(low, plane[i] as number)))
    data[start + i] = Math.fround(value - mean) / std
  }
}

function resizePlane(plane: Plane, from: Size, to: Size, smooths: boolean): Plane {
  if (!smooths) return interpolate(plane, from, to)
  const smooth = filterRows(
    filterColumns(plane, from, sigmaOf(from.height, to.height)),
    from,
    sigmaOf(from.width, to.width),
  )
  return interpolate(smooth, from, to)
}

const sigmaOf = (from: number, to: number) => Math.max(0, (from / to - 1) / 2)

function gaussian(sigma: number): Float64Array {
  const radius = Math.trunc(TRUNCATE * sigma + 0.5)
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp((-0.5 / sigma ** 2) * (i - radius) ** 2),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Mirrors at the centre of the edge pixel: c b | a b c | b a. */
function mirror(position: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const around = ((position % period) + period) % period
  return around < size ? around : period - around
}

function filterColumns(plane: Plane, { width, height }: Size, sigma: number): Plane {
  if (sigma <= 1e-15) return plane
  const weights = gaussian(sigma)
  const radius = (weights.length - 1) / 2
  const out = new Float64Array(plane.length)
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < weights.length; k++) {
      const row = mirror(y + k - radius, height) * width
      const weight = weights[k] as number
      for (let x = 0; x < width; x++)
        out[y * width + x] = (out[y * width + x] as number) + weight * (plane[row + x] as number)
    }
  }
  return out
}

function filterRows(plane: Plane, { width, height }: Size, sigma: number): Plane {
  if (sigma <= 1e-15) return plane
  const weights = gaussian(sigma)
  const radius = (weights.length - 1) / 2
  const sources = Int32Array.from({ length: width + 2 * radius }, (_, i) => mirror(i - radius, width))
  const out = new Float64Array(plane.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) {
        sum += (weights[k] as number) * (plane[row + (sources[x + k] as number)] as number)
      }
      out[row + x] = sum
    }
  }
  return out
}

function interpolate(plane: Plane, from: Size, to: Size): Plane {
  const columns = grid(from.width, to.width)
  const rows = grid(from.height, to.height)
  const out = new Float64Array(to.width * to.height)
  for (let y = 0; y < to.height; y++) {
    const { low, high, part } = rows[y] as GridPoint
    const above = low * from.width
    const below = high * from.width
    for (let x = 0; x < to.width; x++) {
      const column = columns[x] as GridPoint
      const at = (row: number) =>
        (plane[row + column.low] as number) * (1 - column.part) + (plane[row + column.high] as number) * column.part
      out[y * to.width + x] = at(above) * (1 - part) + at(below) * part
    }
  }
  return out
}

interface GridPoint {
  readonly low: number
  readonly high: number
  readonly part: number
}

function grid(from: number, to: number): GridPoint[] {
  return Array.from({ length: to }, (_, index) => {
    const position = (index + 0.5) * (from / to) - 0.5
    const floor = Math.floor(position)
    return { low: mirror(floor, from), high: mirror(floor + 1, from), part: position - floor }
  })
}
