/** Boxes out of a graph's outputs, in the picture's pixels. */

import { expected } from '#core/errors.ts'
import { sigmoid, softmax } from '../heads/activations.ts'
import type { Corners } from '../heads/boxes.ts'
import { nonMaximumSuppression } from '../heads/nms.ts'
import type { Tensor } from '../task.ts'
import { blended } from './blend.ts'
import { partsOf } from './columns.ts'
import type { Frame } from './declaration.ts'
import { type Anchor, anchorsOf, cornersFrom, type Form, perCellAt, pointFrom } from './grid.ts'
import type { BoxesHead, Detection } from './head-kinds.ts'
import { boxInPicture, pointInPicture } from './in-picture.ts'
import { toPlanes } from './planes.ts'
import { maskOf } from './prototypes.ts'
import { boundsOf, cornersOfTurned, type Turned, turnedFrom, withoutTurnedOverlaps } from './rotated.ts'
import { pointsOf, usualPoint } from './row-points.ts'
import { at, joined, type Rows, rowsFor, rowsOf, rowsOfMap } from './rows.ts'

/** Outputs by name; the first one where no name is said. */
export type Floats = (name?: string) => Tensor<'float32'>

/** In pixels of the graph's input. */
export interface Candidate {
  readonly corners: Corners
  readonly score: number
  readonly label: number
  readonly keypoints?: readonly (readonly [x: number, y: number, score?: number])[]
  /** How much of each prototype makes up its mask. */
  readonly shares?: readonly number[]
  readonly turned?: Turned
}

const NOWHERE: Anchor = { x: 0, y: 0, unit: [1, 1], stride: 1 }

export function detectBoxes(head: BoxesHead, floats: Floats, frame: Frame): Detection[] {
  const prototypes = head.masks === undefined ? null : toPlanes(floats(head.masks), 'nchw')
  const rows = readRows({ ...head, prototypes: prototypes?.dims[1] ?? 0 }, floats, frame)
  const { threshold = 0.5 } = head
  const candidates: Candidate[] = []
  for (let row = 0; row < rows.count; row++) {
    const best = rows.best(row)
    if (best && best.score > threshold) candidates.push({ ...best, ...rows.shape(row) })
  }
  return finish(candidates, head, frame, prototypes)
}

function readRows(head: BoxesHead & { readonly prototypes: number }, floats: Floats, { input }: Frame) {
  const { grid } = head
  const main = outputRows(head, floats, head.boxes ?? head.output)
  const parts = partsOf(head, main)
  const { count } = main
  const beside = (names: string | readonly string[] | undefined) =>
    names === undefined ? null : outputRows(head, floats, names, count)
  const scores = beside(head.scores) ?? parts.scores
  const objectness = beside(head.objectness) ?? parts.objectness
  const classes = beside(head.classes) ?? parts.label
  const keypoints = beside(head.keypoints) ?? parts.keypoints
  if (!(scores || objectness)) throw expected('head.scores', 'the output or column with the scores', undefined)

  const form: Form = head.form ?? (parts.form === 'sides' ? 'corners' : (parts.form ?? 'corners'))
  const relative = head.relative ?? (form === 'corners' || form === 'centres')
  const scale = relative ? ([input.width, input.height] as const) : ([1, 1] as const)
  const anchors = grid ? anchorsOf(grid, input) : null
  if (anchors && anchors.length !== count)
    throw expected('head.grid', `places for the ${count} rows of the output`, anchors.length)
  const anchorAt = (row: number) => anchors?.[row] ?? NOWHERE
  const score = scorer(head, scores, objectness)
  const pointColumns = keypoints && (head.point ?? usualPoint(keypoints.width, head.points))
  const { bins = 1 } = head
  const side = (row: number, column: number) =>
    bins > 1 ? likelyLength(main, row, column, bins) : at(main, row, column)

  return {
    count,
    /** Class and score of a row. */
    best(row: number) {
      if (classes) return { label: Math.round(at(classes, row, 0)), score: score(row, 0) }
      const label = bestClass(scores, row, head)
      return label === null ? null : { label, score: score(row, label) }
    },
    /** Where it is. */
    shape(row: number) {
      const four = parts.box.map((column) => side(row, column)) as [number, number, number, number]
      if (parts.form === 'sides') [four[2], four[3]] = [four[0] + four[2], four[1] + four[3]]
      const upright = cornersFrom(form, four, anchorAt(row), scale)
      const { masks, angle } = parts
      const turned = angle === null ? null : turnedFrom(upright, at(main, row, angle))
      return {
        ...(turned ? { corners: boundsOf(turned), turned } : { corners: upright }),
        ...(keypoints && pointColumns
          ? {
              keypoints: pointsOf(keypoints, row, pointColumns, (x, y) =>
                pointFrom(form, [x, y], anchorAt(row), scale),
              ),
            }
          : {}),
        ...(masks ? { shares: Array.from({ length: masks.width }, (_, i) => at(masks, row, i)) } : {}),
      }
    },
  }
}

/** A list of names is one after the other; with a grid each may be a map. */
function outputRows(
  head: BoxesHead,
  floats: Floats,
  names: string | readonly string[] | undefined,
  count?: number,
): Rows {
  const list = typeof names === 'string' || names === undefined ? [names] : names
  return joined(
    list.map((name, level) => {
      const output = floats(name)
      if (head.grid && output.dims.length === 4 && output.dims.slice(-2).some((side) => side > 1)) {
        const own = head.grid.sizes?.[level]?.length
        return rowsOfMap(output, own ?? perCellAt(head.grid.perCell ?? 1, level))
      }
      return count !== undefined && list.length === 1 && !head.transposed
        ? rowsFor(output, count)
        : rowsOf(output, head.transposed)
    }),
  )
}

function scorer({ apply = 'none', combine = 'product' }: BoxesHead, scores: Rows | null, objectness: Rows | null) {
  const single = (value: number) => (apply === 'none' ? value : sigmoid(value))
  const ofClass = (row: number, label: number) => {
    if (!scores) return 1
    if (apply !== 'softmax' || scores.width === 1) return single(at(scores, row, label))
    return softmax(scores.data, scores.start + row * scores.step, scores.width)[label] as number
  }
  return (row: number, label: number) => {
    const product = ofClass(row, label) * (objectness ? single(at(objectness, row, 0)) : 1)
    return combine === 'root' ? Math.sqrt(product) : product
  }
}

function bestClass(scores: Rows | null, row: number, { firstClass = 0, background }: BoxesHead): number | null {
  if (!scores) return 0
  const end = background === 'last' ? scores.width - 1 : scores.width
  let best: number | null = null
  for (let label = firstClass; label < end; label++)
    if (best === null || at(scores, row, label) > at(scores, row, best)) best = label
  return best
}

/** The expectation of a length that is told as scores for 0, 1, 2, … (Li et al., Generalized Focal Loss, 2020). */
function likelyLength({ data, start, step }: Rows, row: number, column: number, bins: number): number {
  return softmax(data, start + row * step + column, bins).reduce((sum, share, length) => sum + share * length, 0)
}

const isTurned = (one: Candidate): one is Candidate & { readonly turned: Turned } => one.turned !== undefined

/** Keeps the best of overlapping boxes; best first, in pixels of the picture. */
function finish(
  candidates: readonly Candidate[],
  head: BoxesHead,
  frame: Frame,
  prototypes: Tensor<'float32'> | null,
): Detection[] {
  const { nms = 0.45, labels, perClass = true } = head
  const groups = perClass ? [...new Set(candidates.map(({ label }) => label))] : [null]
  const kept = groups.flatMap((group) => {
    const same = group === null ? candidates : candidates.filter(({ label }) => label === group)
    if (nms >= 1) return same
    if (same.every(isTurned)) return withoutTurnedOverlaps(same, nms)
    if (head.blend) return blended(same, nms)
    const scores = same.map(({ score }) => score)
    return nonMaximumSuppression(
      same.map(({ corners }) => corners),
      scores,
      nms,
    ).map((index) => same[index] as Candidate)
  })
  return kept
    .sort((a, b) => b.score - a.score)
    .map(({ corners, score, label, keypoints, shares, turned }) => ({
      label: labels?.[label] ?? `LABEL_${label}`,
      score,
      box: boxInPicture(corners, frame),
      ...(turned ? { corners: cornersOfTurned(turned).map((point) => pointInPicture(point, frame)) } : {}),
      ...(keypoints ? { keypoints: keypoints.map((point) => pointInPicture(point, frame)) } : {}),
      ...(shares && prototypes ? { mask: maskOf(shares, prototypes, corners, frame) } : {}),
    }))
}
