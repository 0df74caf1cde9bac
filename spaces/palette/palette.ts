import type { Pixels } from 'spaces'

export interface Swatch {
  readonly hex: string
  readonly rgb: readonly [number, number, number]
  /** 0..1, how much of the picture it stands for. */
  readonly share: number
}

type Colour = [number, number, number]

/** Clusters stop moving long before this on photos; it only bounds the work. */
const MAX_ROUNDS = 24

/**
 * k-means over the opaque pixels in OKLab, where equal distances look equally far apart (Ottosson 2020). The first
 * centres are spread out: each is the colour farthest from those before it, weighted by how common it is, so that the
 * same picture always gives the same palette.
 *
 * @param pixels - RGBA or RGB, a few ten thousand pixels at most.
 * @param count - how many colours; fewer come back where the picture has fewer.
 * @returns swatches, the commonest first.
 */
export function findPalette(pixels: Pixels, count: number): Swatch[] {
  const bins = histogram(pixels)
  const centres = spreadOut(bins, count)
  let weights: number[] = []
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = moved(bins, centres)
    weights = next.weights
    const shift = Math.max(...centres.map((centre, index) => distance(centre, next.centres[index] ?? centre)))
    centres.splice(0, centres.length, ...next.centres)
    if (shift < 1e-6) break
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1
  return centres
    .map((centre, index) => ({ rgb: toRgb(centre), share: (weights[index] ?? 0) / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .map(({ rgb, share }) => ({
      rgb,
      share,
      hex: `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`,
    }))
}

interface Bin {
  readonly lab: Colour
  readonly weight: number
}

/** Counts colours at 5 bits a channel, each bin standing for the mean of its pixels. Pixels below half opacity are left out. */
function histogram({ data, channels }: Pixels): Bin[] {
  const sums = new Map<number, [number, number, number, number]>()
  for (let at = 0; at < data.length; at += channels) {
    if (channels === 4 && (data[at + 3] as number) < 128) continue
    const [r, g, b] = channels === 1 ? [data[at], data[at], data[at]] : [data[at], data[at + 1], data[at + 2]]
    const key = (((r as number) >> 3) << 10) | (((g as number) >> 3) << 5) | ((b as number) >> 3)
    const sum = sums.get(key) ?? [0, 0, 0, 0]
    sum[0] += r as number
    sum[1] += g as number
    sum[2] += b as number
    sum[3]++
    sums.set(key, sum)
  }
  return [...sums.values()].map(([r, g, b, n]) => ({ lab: toLab(r / n, g / n, b / n), weight: n }))
}

function spreadOut(bins: readonly Bin[], count: number): Colour[] {
  const commonest = bins.reduce<Bin | undefined>(
    (best, bin) => (best && best.weight >= bin.weight ? best : bin),
    undefined,
  )
  if (!commonest) return []
  const centres: Colour[] = [[...commonest.lab]]
  const nearest = bins.map(({ lab }) => distance(lab, commonest.lab))
  while (centres.length < Math.min(count, bins.length)) {
    let farthest = 0
    let best = -1
    for (const [index, bin] of bins.entries()) {
      const pull = (nearest[index] as number) * Math.sqrt(bin.weight)
      if (pull > best) [best, farthest] = [pull, index]
    }
    const chosen = (bins[farthest] as Bin).lab
    if (best <= 0) break
    centres.push([...chosen])
    for (const [index, bin] of bins.entries())
      nearest[index] = Math.min(nearest[index] as number, distance(bin.lab, chosen))
  }
  return centres
}

function moved(bins: readonly Bin[], centres: readonly Colour[]): { centres: Colour[]; weights: number[] } {
  const sums = centres.map((): Colour => [0, 0, 0])
  const weights = centres.map(() => 0)
  for (const { lab, weight } of bins) {
    let best = 0
    let least = Infinity
    for (const [index, centre] of centres.entries()) {
      const away = distance(lab, centre)
      if (away < least) [least, best] = [away, index]
    }
    const sum = sums[best] as Colour
    for (const axis of [0, 1, 2] as const) sum[axis] += lab[axis] * weight
    weights[best] = (weights[best] as number) + weight
  }
  return {
    weights,
    centres: sums.map((sum, index): Colour => {
      const weight = weights[index] as number
      return weight === 0
        ? ([...(centres[index] as Colour)] as Colour)
        : [sum[0] / weight, sum[1] / weight, sum[2] / weight]
    }),
  }
}

/** Squared: only compared. */
function distance(a: Readonly<Colour>, b: Readonly<Colour>): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2
}

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const gamma = (value: number) => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)

/** sRGB 0..255 to OKLab. Matrices: Björn Ottosson, “A perceptual color space for image processing”, 2020. */
function toLab(red: number, green: number, blue: number): Colour {
  const [r, g, b] = [linear(red / 255), linear(green / 255), linear(blue / 255)]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function toRgb([lightness, a, b]: Readonly<Colour>): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const byte = (value: number) => Math.round(Math.min(1, Math.max(0, gamma(value))) * 255)
  return [
    byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}
