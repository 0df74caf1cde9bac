/** The places of the input that the rows of a detector belong to, and what its four numbers mean there. */

import { sigmoid } from '../heads/activations.ts'
import type { Corners } from '../heads/boxes.ts'
import type { Size } from '../task.ts'
import type { BoxesHead, Grid } from './head-kinds.ts'

/** A place, in pixels of the input, and the unit that distances from it are counted in. */
export interface Anchor {
  readonly x: number
  readonly y: number
  readonly unit: readonly [across: number, down: number]
  /** From one cell to the next. */
  readonly stride: number
}

/** One for each row, stride by stride, cell by cell. */
export function anchorsOf({ strides, perCell = 1, centre = 0, sizes }: Grid, input: Size): Anchor[] {
  return strides.flatMap((stride, level) => {
    const own = sizes?.[level]
    const count = own?.length ?? perCellAt(perCell, level)
    const units = Array.from({ length: count }, (_, i) => bothSides(own?.[i] ?? stride))
    const columns = Math.ceil(input.width / stride)
    const cells = columns * Math.ceil(input.height / stride)
    return Array.from({ length: cells * count }, (_, row) => {
      const cell = Math.floor(row / count)
      return {
        x: ((cell % columns) + centre) * stride,
        y: (Math.floor(cell / columns) + centre) * stride,
        unit: units[row % count] as Anchor['unit'],
        stride,
      }
    })
  })
}

const bothSides = (size: number | Anchor['unit']): Anchor['unit'] => (typeof size === 'number' ? [size, size] : size)

export const perCellAt = (perCell: NonNullable<Grid['perCell']>, level: number): number =>
  typeof perCell === 'number' ? perCell : (perCell[level] ?? 1)

export type Form = NonNullable<BoxesHead['form']>
type Four = readonly [number, number, number, number]

const aroundCentre = (x: number, y: number, width: number, height: number): Corners => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
]

/** Variances of SSD: how far centres and sides of prior boxes reach. */
const [REACH, GROWTH] = [0.1, 0.2]

/** Corners in pixels of the input. @param scale - what 1 is in each direction, for the forms that count in it. */
export function cornersFrom(
  form: Form,
  [a, b, c, d]: Four,
  anchor: Anchor,
  [sx, sy]: readonly [number, number],
): Corners {
  const { x, y, stride } = anchor
  const [across, down] = anchor.unit
  switch (form) {
    case 'corners':
      return [a * sx, b * sy, c * sx, d * sy]
    case 'centres':
      return aroundCentre(a * sx, b * sy, c * sx, d * sy)
    case 'distances':
      return [x - a * across, y - b * down, x + c * across, y + d * down]
    case 'exponential':
      return aroundCentre(x + a * across, y + b * down, Math.exp(c) * across, Math.exp(d) * down)
    case 'offsets':
      return aroundCentre(x + a * sx, y + b * sy, c * sx, d * sy)
    case 'priors':
      return aroundCentre(
        x + a * REACH * across,
        y + b * REACH * down,
        Math.exp(c * GROWTH) * across,
        Math.exp(d * GROWTH) * down,
      )
    case 'anchors':
      return aroundCentre(x + sigmoid(a) * stride, y + sigmoid(b) * stride, Math.exp(c) * across, Math.exp(d) * down)
  }
}

/** A keypoint, in pixels of the input. */
export function pointFrom(
  form: Form,
  [a, b]: readonly [number, number],
  { x, y, unit: [across, down] }: Anchor,
  [sx, sy]: readonly [number, number],
): [x: number, y: number] {
  switch (form) {
    case 'corners':
    case 'centres':
      return [a * sx, b * sy]
    case 'offsets':
      return [x + a * sx, y + b * sy]
    case 'priors':
      return [x + a * REACH * across, y + b * REACH * down]
    default:
      return [x + a * across, y + b * down]
  }
}
