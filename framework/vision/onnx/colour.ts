/** Brightness and colour apart, for the graphs that make only one of them: CIE Lab (D65, sRGB) and JPEG's YCbCr. */

import type { Pixels } from '#core/media.ts'
import { bilinear } from '../heads/interpolate.ts'
import { resize } from '../processors/resize.ts'
import { roundHalfEven } from '../rounding.ts'
import type { Tensor } from '../task.ts'

type Triple = readonly [number, number, number]

/** Light that each of the 256 values of sRGB stands for, 0..1 (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
})
const toByte = (value: number) => roundHalfEven(Math.min(1, Math.max(0, value)) * 255)
const fromLinear = (light: number) => toByte(light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055)

const EPSILON = (6 / 29) ** 3
const root = (share: number) => (share > EPSILON ? Math.cbrt(share) : share / (3 * (6 / 29) ** 2) + 4 / 29)
const cube = (value: number) => (value > 6 / 29 ? value ** 3 : 3 * (6 / 29) ** 2 * (value - 4 / 29))

/** L of CIE Lab, 0..100. */
export function lightness(red: number, green: number, blue: number): number {
  const [r, g, b] = [LINEAR[red] as number, LINEAR[green] as number, LINEAR[blue] as number]
  return 116 * root(0.212671 * r + 0.71516 * g + 0.072169 * b) - 16
}

/** White of D65. */
const [WHITE_X, WHITE_Z] = [0.950456, 1.088754]

export function labToRgb(l: number, a: number, b: number): Triple {
  const middle = (l + 16) / 116
  const x = WHITE_X * cube(middle + a / 500)
  const y = cube(middle)
  const z = WHITE_Z * cube(middle - b / 200)
  return [
    fromLinear(3.240479 * x - 1.53715 * y - 0.498535 * z),
    fromLinear(-0.969256 * x + 1.875992 * y + 0.041556 * z),
    fromLinear(0.055648 * x - 0.204043 * y + 1.057311 * z),
  ]
}

/** The picture with the colours that a graph gives, `[1, 2, height, width]` of a and b. */
export function withColours(picture: Pixels, { data, dims }: Tensor<'float32'>): Pixels {
  const [height = 1, width = 1] = dims.slice(-2)
  const plane = width * height
  const [a, b] = [0, 1].map((channel) =>
    bilinear({ width, height, data: data.subarray(channel * plane, (channel + 1) * plane) }, picture),
  )
  return mapped(picture, (red, green, blue, i) =>
    labToRgb(lightness(red, green, blue), a?.data[i] as number, b?.data[i] as number),
  )
}

/** A brighter or larger picture out of its luma alone, 0..1: the colours are those of the picture, enlarged. */
export function withLuma(
  picture: Pixels,
  { data, dims }: Tensor<'float32'>,
  [low, high]: readonly [number, number],
): Pixels {
  const [height = 1, width = 1] = dims.slice(-2)
  const colours = resize(picture, width, height, 'bicubic')
  return mapped(colours, (red, green, blue, i) => {
    const cb = -0.168736 * red - 0.331264 * green + 0.5 * blue
    const cr = 0.5 * red - 0.418688 * green - 0.081312 * blue
    const y = (((data[i] as number) - low) / (high - low)) * 255
    return [
      toByte((y + 1.402 * cr) / 255),
      toByte((y - 0.344136 * cb - 0.714136 * cr) / 255),
      toByte((y + 1.772 * cb) / 255),
    ]
  })
}

function mapped(
  { width, height, data }: Pixels,
  to: (red: number, green: number, blue: number, i: number) => Triple,
): Pixels {
  const bytes = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++)
    bytes.set(to(data[i * 3] as number, data[i * 3 + 1] as number, data[i * 3 + 2] as number, i), i * 3)
  return { width, height, channels: 3, data: bytes }
}
