/** Places of the input as places of the picture. */

import type { Corners } from '../heads/boxes.ts'
import type { Frame } from './declaration.ts'
import type { Point } from './head-kinds.ts'

/** Pixels of the input to pixels of the picture. */
export const cornersInPicture = ([x0, y0, x1, y1]: Corners, { scaleX, scaleY, left, top }: Frame): Corners => [
  (x0 - left) / scaleX,
  (y0 - top) / scaleY,
  (x1 - left) / scaleX,
  (y1 - top) / scaleY,
]

/** The same, to whole ones. */
export function boxInPicture(corners: Corners, frame: Frame) {
  const [xmin, ymin, xmax, ymax] = cornersInPicture(corners, frame).map(Math.round) as unknown as Corners
  return { xmin, ymin, xmax, ymax }
}

export function pointInPicture(
  [x, y, score]: readonly [x: number, y: number, score?: number],
  { scaleX, scaleY, left, top }: Frame,
): Point {
  const place = { x: (x - left) / scaleX, y: (y - top) / scaleY }
  return score === undefined ? place : { ...place, score }
}
