/** The declared heads: a graph's outputs to an answer in the picture's own pixels. */

import { scoresOf, topClasses } from '../heads/classes.ts'
import { depthAt, depthToBytes } from '../heads/depth.ts'
import { maskAbove } from '../heads/masks.ts'
import { classMap, classMasks, scoreRows } from '../heads/semantic.ts'
import { createImage } from '../media/open-image.ts'
import { roundHalfEven } from '../rounding.ts'
import { type Outputs, type Session, type Tensor, tensor } from '../task.ts'
import { type Asked, wanted } from './asked.ts'
import type { Frame } from './declaration.ts'
import { detectBoxes, type Floats } from './detect.ts'
import type { AnswerOf, DeclaredHead, EmbeddingHead, MaskHead, SegmentationHead, YoloHead } from './head-kinds.ts'
import { toImage, withRange } from './image.ts'
import { findKeypoints } from './keypoints.ts'
import { applied, inPicture, layoutOf, planeAt, showsWhole, toPlanes } from './planes.ts'
import { readText } from './read-text.ts'
import { findTextBoxes } from './text-boxes.ts'
import { yoloBoxes, yoloxBoxes } from './yolo.ts'

export function answer(head: DeclaredHead, outputs: Outputs, session: Session, asked: Asked | null): unknown {
  const floats: Floats = (name = session.outputs[0]?.name ?? '') => session.floats(outputs, name)
  const main = () => floats('output' in head ? head.output : undefined)
  const frame = () => wanted(asked, head.kind).frame
  switch (head.kind) {
    case 'classes': {
      const scores = scoresOf(main().data, head.apply ?? 'softmax')
      return topClasses(
        scores,
        head.top_k === null ? Infinity : (head.top_k ?? 5),
        (index) => head.labels?.[index] ?? `LABEL_${index}`,
      )
    }
    case 'embedding':
      return embed(head, main())
    case 'boxes':
      return detectBoxes(head, floats, frame())
    case 'yolo':
      return detectBoxes(yoloBoxes(head, main().dims, prototypesOf(head, floats)), floats, frame())
    case 'yolox':
      return detectBoxes(yoloxBoxes(head), floats, frame())
    case 'segmentation':
      return segment(head, main(), frame())
    case 'mask':
      return mask(head, main(), frame())
    case 'depth':
      return depth(main(), frame())
    case 'image':
      return toImage(withRange(head, session), main(), asked)
    case 'keypoints':
      return findKeypoints(head, floats, frame())
    case 'text':
      return readText(head, main())
    case 'text-boxes':
      return findTextBoxes(head, planeAt(toPlanes(main(), layoutOf(main().dims, 1))), frame())
  }
}

/** How many prototypes of masks there are. */
const prototypesOf = ({ masks }: YoloHead, floats: Floats) =>
  masks === undefined ? 0 : (floats(masks).dims.at(-3) ?? 0)

function embed({ normalize = true }: EmbeddingHead, { data }: Tensor<'float32'>): AnswerOf['embedding'] {
  const length = normalize ? Math.sqrt(data.reduce((sum, value) => sum + value * value, 0)) || 1 : 1
  const values = data.map((value) => value / length)
  return tensor('float32', values, [values.length])
}

/** As many classes as channels may be; what has more rows than that is a picture with the channels last. */
const MOST_CLASSES = 64

function segment(head: SegmentationHead, output: Tensor<'float32'>, frame: Frame): AnswerOf['segmentation'] {
  const planes = toPlanes(output, head.layout ?? layoutOf(output.dims, MOST_CLASSES))
  const { picture } = frame
  return classMasks(classesIn(planes, frame), picture).map(({ label, mask }) => ({
    label: head.labels?.[label] ?? `LABEL_${label}`,
    score: null,
    mask,
  }))
}

/** The class of every pixel of the picture. One channel alone holds the numbers of the classes themselves. */
function classesIn(planes: Tensor<'float32'>, frame: Frame): Uint16Array {
  const { picture, input } = frame
  if (planes.dims[1] === 1) return Uint16Array.from(inPicture(planeAt(planes), frame, false).data)
  if (showsWhole(frame)) return classMap(scoreRows(planes), picture)
  const classes = classMap(scoreRows(planes), input)
  const inInput = { ...input, data: Float32Array.from(classes) }
  return Uint16Array.from(inPicture(inInput, frame, false).data)
}

function mask(head: MaskHead, output: Tensor<'float32'>, frame: Frame): AnswerOf['mask'] {
  const { threshold = 0.5, soft = false, apply = 'none', channel = 0, layout = layoutOf(output.dims, 4) } = head
  const plane = inPicture(applied(planeAt(toPlanes(output, layout), channel), apply), frame)
  if (!soft) return maskAbove(plane, threshold)
  const { width, height, data } = plane
  return { width, height, data: Uint8Array.from(data, (value) => roundHalfEven(Math.min(1, Math.max(0, value)) * 255)) }
}

function depth(predicted: Tensor<'float32'>, frame: Frame): AnswerOf['depth'] {
  const { width, height } = frame.picture
  const whole = toPlanes(predicted, layoutOf(predicted.dims, 1))
  const plane = showsWhole(frame) ? depthAt(whole, frame.picture) : inPicture(planeAt(whole), frame)
  return {
    predicted_depth: tensor('float32', plane.data, [height, width]),
    depth: createImage({ width, height, channels: 1, data: depthToBytes(plane) }),
  }
}
