/** Masks of single objects out of prototypes that all of them share. */

import type { Corners } from '../heads/boxes.ts'
import type { Mask } from '../heads/masks.ts'
import type { Tensor } from '../task.ts'
import type { Frame } from './declaration.ts'
import { cornersInPicture } from './in-picture.ts'
import { valuesInPicture } from './planes.ts'

/** What the prototypes add up to, inside the box (Bolya et al., YOLACT, 2019). */
export function maskOf(
  shares: readonly number[],
  { data, dims }: Tensor<'float32'>,
  corners: Corners,
  frame: Frame,
): Mask {
  const [height = 1, width = 1] = dims.slice(-2)
  const plane = new Float32Array(width * height)
  for (const [i, share] of shares.entries())
    for (let at = 0; at < plane.length; at++) (plane[at] as number) += share * (data[i * plane.length + at] as number)
  const value = valuesInPicture({ width, height, data: plane }, frame)
  const { picture } = frame
  const [x0, y0, x1, y1] = cornersInPicture(corners, frame)
  const mask = new Uint8Array(picture.width * picture.height)
  for (let y = Math.max(0, Math.ceil(y0)); y < Math.min(y1, picture.height); y++)
    for (let x = Math.max(0, Math.ceil(x0)); x < Math.min(x1, picture.width); x++)
      if (value(x, y) > 0) mask[y * picture.width + x] = 255
  return { width: picture.width, height: picture.height, data: mask }
}
