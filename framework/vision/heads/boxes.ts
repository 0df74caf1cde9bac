/** Bounding boxes: from the graph's relative centres to pixels of the picture. */

import type { Size } from '../task.ts'

/** A box, in whole pixels of the picture unless said otherwise. Models may place a side outside the picture; nothing is clamped. */
export interface Box {
  readonly xmin: number
  readonly ymin: number
  readonly xmax: number
  readonly ymax: number
}

/** `[x0, y0, x1, y1]` */
export type Corners = readonly [number, number, number, number]

const f32 = Math.fround

/** The box at `index` of `[count, 4]` values `cx, cy, width, height`, as corners; float32 at every step like the reference. */
export function cornersAt(boxes: ArrayLike<number>, index: number): Corners {
  const [x, y, w, h] = [0, 1, 2, 3].map((i) => boxes[index * 4 + i] ?? 0) as [number, number, number, number]
  const [halfWidth, halfHeight] = [f32(0.5 * w), f32(0.5 * h)]
  return [f32(x - halfWidth), f32(y - halfHeight), f32(x + halfWidth), f32(y + halfHeight)]
}

/** Relative corners to a box in pixels. Coordinates are cut towards zero, as Python's `int()` does. */
export function toBox(corners: Corners, { width, height }: Size): Box {
  const [x0, y0, x1, y1] = corners
  return { xmin: whole(x0, width), ymin: whole(y0, height), xmax: whole(x1, width), ymax: whole(y1, height) }
}

/** Corners as they are, relative to the picture, for callers who scale by themselves. */
export function toRelativeBox([xmin, ymin, xmax, ymax]: Corners): Box {
  return { xmin, ymin, xmax, ymax }
}

// Adding 0 turns -0 into 0.
const whole = (relative: number, length: number) => Math.trunc(f32(relative * length)) + 0

/** The square that a picture is padded to at its right or bottom; boxes of OWLv2 are relative to it. */
export function squareAround({ width, height }: Size): Size {
  const side = Math.max(width, height)
  return { width: side, height: side }
}

const area = ([x0, y0, x1, y1]: Corners) => f32(f32(x1 - x0) * f32(y1 - y0))

/** Intersection over union, 0..1; NaN for two boxes without area. */
export function overlapOf(a: Corners, b: Corners): number {
  const width = Math.max(0, f32(Math.min(a[2], b[2]) - Math.max(a[0], b[0])))
  const height = Math.max(0, f32(Math.min(a[3], b[3]) - Math.max(a[1], b[1])))
  const shared = f32(width * height)
  return f32(shared / f32(f32(area(a) + area(b)) - shared))
}
