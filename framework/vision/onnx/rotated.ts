/** Boxes that are turned: how much they overlap, and where their corners are. */

import type { Corners } from '../heads/boxes.ts'

/** Centre, sides and the angle of the first side, clockwise from the x axis, in radians. */
export interface Turned {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly angle: number
}

/** Spread of a box taken as a Gaussian distribution: along x, along y, and both. */
function spreadOf({ width, height, angle }: Turned): readonly [number, number, number] {
  const [across, down] = [width ** 2 / 12, height ** 2 / 12]
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return [across * cos ** 2 + down * sin ** 2, across * sin ** 2 + down * cos ** 2, (across - down) * cos * sin]
}

const EPSILON = 1e-7

/** Overlap of the two as distributions, 0..1 (Murrugarra-Llerena et al., Probabilistic IoU, 2021). */
export function turnedOverlap(a: Turned, b: Turned): number {
  const [a1, b1, c1] = spreadOf(a)
  const [a2, b2, c2] = spreadOf(b)
  const [x, y] = [a.x - b.x, a.y - b.y]
  const shared = (a1 + a2) * (b1 + b2) - (c1 + c2) ** 2
  const apart = (((a1 + a2) * y ** 2 + (b1 + b2) * x ** 2) / (shared + EPSILON)) * 0.25
  const askew = (((c1 + c2) * -x * y) / (shared + EPSILON)) * 0.5
  const own = Math.sqrt(Math.max(0, a1 * b1 - c1 ** 2) * Math.max(0, a2 * b2 - c2 ** 2))
  const unlike = Math.log(shared / (4 * own + EPSILON) + EPSILON) * 0.5
  const distance = Math.min(100, Math.max(EPSILON, apart + askew + unlike))
  return 1 - Math.sqrt(1 - Math.exp(-distance) + EPSILON)
}

/**
 * Those that no better one overlaps by `threshold` or more, best first. As Ultralytics has it, a box that goes takes
 * others with it.
 */
export function withoutTurnedOverlaps<T extends { readonly turned: Turned; readonly score: number }>(
  candidates: readonly T[],
  threshold: number,
): T[] {
  const order = [...candidates].sort((a, b) => b.score - a.score)
  return order.filter(
    (one, i) => !order.slice(0, i).some((better) => turnedOverlap(better.turned, one.turned) >= threshold),
  )
}

/** The four corners in order. */
export function cornersOfTurned({ x, y, width, height, angle }: Turned): [x: number, y: number][] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [ax, ay] = [(width / 2) * cos, (width / 2) * sin]
  const [bx, by] = [(-height / 2) * sin, (height / 2) * cos]
  return [
    [x + ax + bx, y + ay + by],
    [x + ax - bx, y + ay - by],
    [x - ax - bx, y - ay - by],
    [x - ax + bx, y - ay + by],
  ]
}

/** The upright box with the same centre and sides, turned. */
export const turnedFrom = ([x0, y0, x1, y1]: Corners, angle: number): Turned => ({
  x: (x0 + x1) / 2,
  y: (y0 + y1) / 2,
  width: x1 - x0,
  height: y1 - y0,
  angle,
})

/** The upright box around it. */
export function boundsOf(turned: Turned): Corners {
  const points = cornersOfTurned(turned)
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}
