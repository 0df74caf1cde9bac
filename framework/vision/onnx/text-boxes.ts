/** Lines of text out of a probability map (Liao et al., Differentiable Binarization, 2020), as upright boxes. */

import type { Corners } from '../heads/boxes.ts'
import type { Plane } from '../heads/interpolate.ts'
import type { Frame } from './declaration.ts'
import type { AnswerOf, TextBoxesHead } from './head-kinds.ts'
import { boxInPicture } from './in-picture.ts'

/** A connected set of pixels above the threshold. */
interface Region {
  readonly corners: Corners
  readonly mean: number
}

/** Smaller regions are noise: shorter side in pixels of the map. */
const MIN_SIDE = 3

export function findTextBoxes(head: TextBoxesHead, map: Plane, frame: Frame): AnswerOf['text-boxes'] {
  const { threshold = 0.3, boxThreshold = 0.5, unclip = 1.6 } = head
  return regions(map, threshold)
    .filter(({ corners: [x0, y0, x1, y1], mean }) => Math.min(x1 - x0, y1 - y0) >= MIN_SIDE && mean >= boxThreshold)
    .map(({ corners, mean }) => ({ score: mean, box: boxInPicture(grown(corners, unclip, map), frame) }))
    .sort((a, b) => a.box.ymin - b.box.ymin || a.box.xmin - b.box.xmin)
}

function grown([x0, y0, x1, y1]: Corners, ratio: number, { width, height }: Plane): Corners {
  const distance = ((x1 - x0) * (y1 - y0) * ratio) / (2 * (x1 - x0 + y1 - y0))
  return [
    Math.max(0, x0 - distance),
    Math.max(0, y0 - distance),
    Math.min(width, x1 + distance),
    Math.min(height, y1 + distance),
  ]
}

/** Flood fill over the eight neighbours. */
function regions({ width, height, data }: Plane, threshold: number): Region[] {
  const seen = new Uint8Array(width * height)
  const found: Region[] = []
  const stack: number[] = []
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || !((data[start] as number) > threshold)) continue
    let [left, top, right, bottom, sum, count] = [width, height, 0, 0, 0, 0]
    seen[start] = 1
    stack.push(start)
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const x = at % width
      const y = (at - x) / width
      left = Math.min(left, x)
      right = Math.max(right, x + 1)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y + 1)
      sum += data[at] as number
      count++
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx
          if (seen[next] || !((data[next] as number) > threshold)) continue
          seen[next] = 1
          stack.push(next)
        }
      }
    }
    found.push({ corners: [left, top, right, bottom], mean: sum / count })
  }
  return found
}
