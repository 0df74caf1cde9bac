/** The YOLO family as boxes with columns. */

import type { BoxesHead, Column, YoloHead, YoloxHead } from './head-kinds.ts'

export function yoloxBoxes(head: YoloxHead): BoxesHead {
  const { strides = [8, 16, 32], kind: _, ...rest } = head
  return {
    ...rest,
    kind: 'boxes',
    columns: ['cx', 'cy', 'w', 'h', 'objectness', 'scores'],
    form: 'exponential',
    grid: { strides },
  }
}

const CENTRES = ['cx', 'cy', 'w', 'h'] as const
const CORNERS = ['x0', 'y0', 'x1', 'y1'] as const

/** More boxes than an end-to-end head gives, and fewer than any grid has. */
const MOST_FINISHED = 1000

/**
 * @param dims - of the output, by which versions are told apart
 * @param prototypes - columns for masks
 */
export function yoloBoxes(head: YoloHead, dims: readonly number[], prototypes = 0): BoxesHead {
  const { version, rotated = false, kind: _, ...rest } = head
  const [rows = 0, columns = 0] = dims.slice(-2)
  const finished = columns === 6 + (head.points ?? 0) * 3 + prototypes + Number(rotated) && rows <= MOST_FINISHED
  const shape = version ?? (finished ? 'end-to-end' : rows < columns ? 'v8' : 'v5')
  const more: readonly Column[] = [
    ...(head.points ? (['keypoints'] as const) : []),
    ...(prototypes ? (['masks'] as const) : []),
    ...(rotated ? (['angle'] as const) : []),
  ]
  const common = { ...rest, kind: 'boxes', relative: false } as const
  switch (shape) {
    case 'v5':
      return { ...common, columns: ['cx', 'cy', 'w', 'h', 'objectness', 'scores', ...more] }
    case 'v8':
      return { ...common, columns: ['cx', 'cy', 'w', 'h', 'scores', ...more], transposed: rows < columns }
    case 'end-to-end':
      return { nms: 1, ...common, columns: [...(rotated ? CENTRES : CORNERS), 'score', 'label', ...more] }
  }
}
