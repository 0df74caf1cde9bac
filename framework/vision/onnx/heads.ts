/** The declared heads: a graph's outputs to an answer in the picture's own pixels. */

import { scoresOf, topClasses } from '../heads/classes.ts'
import { depthAt, depthToBytes } from '../heads/depth.ts'
import { bilinear, type Plane } from '../heads/interpolate.ts'
import { maskAbove } from '../heads/masks.ts'
import { classMap, classMasks, scoreRows } from '../heads/semantic.ts'
import { createImage } from '../media/open-image.ts'
import { roundHalfEven } from '../rounding.ts'
import { type Outputs, type Session, type Size, type Tensor, tensor } from '../task.ts'
import type { AnswerOf, DeclaredHead, Frame, ImageHead, SegmentationHead, TextHead } from './declaration.ts'
import { detectBoxes, detectYolox } from './detect.ts'
import { findTextBoxes } from './text-boxes.ts'

export function answer(head: DeclaredHead, outputs: Outputs, session: Session, frame: Frame | null): unknown {
  const first = session.outputs[0]?.name ?? ''
  const floats = (name: string) => session.floats(outputs, name)
  const main = () => floats(('output' in head ? head.output : undefined) ?? first)
  switch (head.kind) {
    case 'classes': {
      const scores = scoresOf(main().data, head.apply ?? 'softmax')
      return topClasses(scores, head.top_k ?? 5, (index) => head.labels?.[index] ?? `LABEL_${index}`)
    }
    case 'boxes':
      return detectBoxes(head, floats(head.boxes), floats(head.scores), wanted(frame, head.kind))
    case 'yolox':
      return detectYolox(head, main(), wanted(frame, head.kind))
    case 'segmentation':
      return segment(head, main(), wanted(frame, head.kind))
    case 'mask':
      return maskAbove(inPicture(planeOf(main()), wanted(frame, head.kind)), head.threshold ?? 0.5)
    case 'depth':
      return depth(main(), wanted(frame, head.kind).picture)
    case 'image':
      return toImage(head, main())
    case 'text':
      return readText(head, main())
    case 'text-boxes':
      return findTextBoxes(head, planeOf(main()), wanted(frame, head.kind))
  }
}

function wanted(frame: Frame | null, kind: string): Frame {
  if (frame) return frame
  throw new TypeError(`onnx: the head “${kind}” needs a picture; declare one with picture: { … }.`)
}

/** The last two dimensions that are more than a channel. */
function planeOf({ data, dims }: Tensor<'float32'>): Plane {
  const sides = dims.at(-1) === 1 ? dims.slice(0, -1) : dims
  const [height = 1, width = 1] = sides.slice(-2)
  return { width, height, data }
}

/** Values for the input to values for the picture: the part that shows it, enlarged. */
function inPicture(plane: Plane, { picture, input, scaleX, scaleY, left, top }: Frame): Plane {
  const toPlaneX = plane.width / input.width
  const toPlaneY = plane.height / input.height
  const whole = left === 0 && top === 0 && near(picture.width * scaleX, input.width)
  if (whole && near(picture.height * scaleY, input.height)) return bilinear(plane, picture)
  const data = new Float32Array(picture.width * picture.height)
  const clampTo = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)))
  for (let y = 0; y < picture.height; y++) {
    const row = clampTo(((y + 0.5) * scaleY + top) * toPlaneY - 0.5, plane.height - 1) * plane.width
    for (let x = 0; x < picture.width; x++) {
      const column = clampTo(((x + 0.5) * scaleX + left) * toPlaneX - 0.5, plane.width - 1)
      data[y * picture.width + x] = plane.data[row + column] as number
    }
  }
  return { width: picture.width, height: picture.height, data }
}

const near = (a: number, b: number) => Math.abs(a - b) < 1

function segment(head: SegmentationHead, scores: Tensor<'float32'>, { picture }: Frame): AnswerOf['segmentation'] {
  const planes = head.layout === 'nhwc' ? toPlanes(scores) : scores
  return classMasks(classMap(scoreRows(planes), picture), picture).map(({ label, mask }) => ({
    label: head.labels?.[label] ?? `LABEL_${label}`,
    score: null,
    mask,
  }))
}

/** `[1, height, width, channels]` to `[1, channels, height, width]`. */
function toPlanes({ data, dims }: Tensor<'float32'>): Tensor<'float32'> {
  const [height = 1, width = 1, channels = 1] = dims.slice(-3)
  const plane = height * width
  const planes = new Float32Array(channels * plane)
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < channels; c++) planes[c * plane + i] = data[i * channels + c] as number
  }
  return tensor('float32', planes, [1, channels, height, width])
}

function depth(predicted: Tensor<'float32'>, picture: Size): AnswerOf['depth'] {
  const plane = depthAt(predicted, picture)
  const { width, height } = picture
  return {
    predicted_depth: tensor('float32', plane.data, [height, width]),
    depth: createImage({ width, height, channels: 1, data: depthToBytes(plane) }),
  }
}

function toImage(head: ImageHead, output: Tensor<'float32'>): AnswerOf['image'] {
  const { data, dims } = head.layout === 'nhwc' ? toPlanes(output) : output
  const [channels = 1, height = 1, width = 1] = dims.slice(-3)
  const [low, high] = head.range ?? [0, 1]
  const plane = width * height
  const bytes = new Uint8Array(plane * channels)
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) {
      const value = ((data[c * plane + i] as number) - low) / (high - low)
      bytes[i * channels + c] = roundHalfEven(Math.min(1, Math.max(0, value)) * 255)
    }
  }
  return createImage({ width, height, channels: channels as 1 | 3 | 4, data: bytes })
}

/** Best character of each step; repeats and blanks fall away. The score is the mean of those that stay. */
function readText({ characters }: TextHead, { data, dims }: Tensor<'float32'>): AnswerOf['text'] {
  const [steps = 0, classes = 1] = dims.slice(-2)
  let text = ''
  let sum = 0
  let count = 0
  let previous = 0
  for (let step = 0; step < steps; step++) {
    const row = data.subarray(step * classes, (step + 1) * classes)
    const best = row.reduce((most, value, index) => (value > (row[most] as number) ? index : most), 0)
    if (best !== 0 && best !== previous) {
      text += characters[best - 1] ?? ''
      sum += row[best] as number
      count++
    }
    previous = best
  }
  return { text, score: count === 0 ? 0 : sum / count }
}
