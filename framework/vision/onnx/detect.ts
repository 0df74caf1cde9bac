/** Boxes out of a graph's outputs, in the picture's pixels. */

import type { Corners } from '../heads/boxes.ts'
import { nonMaximumSuppression } from '../heads/nms.ts'
import type { Tensor } from '../task.ts'
import type { BoxesHead, Detection, Frame, YoloxHead } from './declaration.ts'

/** A candidate, in pixels of the graph's input. */
interface Candidate {
  readonly corners: Corners
  readonly score: number
  readonly label: number
}

export function detectBoxes(
  head: BoxesHead,
  boxes: Tensor<'float32'>,
  scores: Tensor<'float32'>,
  frame: Frame,
): Detection[] {
  const { form = 'corners', relative = true, firstClass = 0, threshold = 0.5 } = head
  const classes = scores.dims.at(-1) ?? 1
  const [scaleX, scaleY] = relative ? [frame.input.width, frame.input.height] : [1, 1]
  const candidates: Candidate[] = []
  for (let row = 0; row * classes < scores.data.length; row++) {
    for (let label = firstClass; label < classes; label++) {
      const score = scores.data[row * classes + label] as number
      if (!(score > threshold)) continue
      const [a, b, c, d] = boxes.data.subarray(row * 4, row * 4 + 4) as unknown as [number, number, number, number]
      const [x0, y0, x1, y1] = form === 'corners' ? [a, b, c, d] : [a - c / 2, b - d / 2, a + c / 2, b + d / 2]
      candidates.push({ corners: [x0 * scaleX, y0 * scaleY, x1 * scaleX, y1 * scaleY], score, label })
    }
  }
  return finish(candidates, head, frame)
}

export function detectYolox(head: YoloxHead, { data, dims }: Tensor<'float32'>, frame: Frame): Detection[] {
  const { strides = [8, 16, 32], threshold = 0.5 } = head
  const length = dims.at(-1) ?? 5
  const candidates: Candidate[] = []
  let row = 0
  for (const stride of strides) {
    const columns = Math.floor(frame.input.width / stride)
    const rows = Math.floor(frame.input.height / stride)
    for (let cell = 0; cell < columns * rows; cell++, row++) {
      const values = data.subarray(row * length, (row + 1) * length)
      const [x = 0, y = 0, w = 0, h = 0, objectness = 0] = values
      const classes = values.subarray(5)
      const label = classes.reduce((best, value, index) => (value > (classes[best] as number) ? index : best), 0)
      const score = objectness * (classes[label] as number)
      if (!(score > threshold)) continue
      const centreX = (x + (cell % columns)) * stride
      const centreY = (y + Math.floor(cell / columns)) * stride
      const [halfWidth, halfHeight] = [(Math.exp(w) * stride) / 2, (Math.exp(h) * stride) / 2]
      const corners: Corners = [centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight]
      candidates.push({ corners, score, label })
    }
  }
  return finish(candidates, head, frame)
}

/** Keeps the best of overlapping boxes of one class; best first, in pixels of the picture. */
function finish(
  candidates: readonly Candidate[],
  { nms = 0.45, labels }: { nms?: number; labels?: readonly string[] },
  frame: Frame,
): Detection[] {
  const kept = [...new Set(candidates.map(({ label }) => label))].flatMap((label) => {
    const same = candidates.filter((candidate) => candidate.label === label)
    const scores = same.map(({ score }) => score)
    return nonMaximumSuppression(
      same.map(({ corners }) => corners),
      scores,
      nms,
    ).map((index) => same[index] as Candidate)
  })
  return kept
    .sort((a, b) => b.score - a.score)
    .map(({ corners, score, label }) => ({
      label: labels?.[label] ?? `LABEL_${label}`,
      score,
      box: boxInPicture(corners, frame),
    }))
}

/** Pixels of the input to whole pixels of the picture. */
export function boxInPicture([x0, y0, x1, y1]: Corners, { scaleX, scaleY, left, top }: Frame) {
  return {
    xmin: Math.round((x0 - left) / scaleX),
    ymin: Math.round((y0 - top) / scaleY),
    xmax: Math.round((x1 - left) / scaleX),
    ymax: Math.round((y1 - top) / scaleY),
  }
}
