/** Resampling kernels: how much a sample at a distance counts. Distances are in samples of the coarser grid. */

export type FilterName = 'nearest' | 'lanczos' | 'bilinear' | 'bicubic' | 'box' | 'hamming'

export interface Filter {
  readonly name: FilterName
  /** No sample farther than this counts. */
  readonly support: number
  weight(distance: number): number
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI))

/** Keys' cubic convolution with a = -0.5, which reproduces parabolas (Keys 1981). */
function cubic(distance: number): number {
  const a = -0.5
  const x = Math.abs(distance)
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

function hamming(distance: number): number {
  const x = Math.abs(distance)
  if (x === 0) return 1
  if (x >= 1) return 0
  const angle = x * Math.PI
  // Pillow has these two in single precision.
  return (Math.sin(angle) / angle) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(angle))
}

const kernel = (name: FilterName, support: number, weight: (distance: number) => number): Filter => ({
  name,
  support,
  weight,
})

export const FILTERS = {
  box: kernel('box', 0.5, (x) => (x > -0.5 && x <= 0.5 ? 1 : 0)),
  bilinear: kernel('bilinear', 1, (x) => Math.max(0, 1 - Math.abs(x))),
  hamming: kernel('hamming', 1, hamming),
  bicubic: kernel('bicubic', 2, cubic),
  lanczos: kernel('lanczos', 3, (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0)),
} as const satisfies Partial<Record<FilterName, Filter>>
