/** Where in a row each thing is that its columns are declared to be. */

import { expected } from '#core/errors.ts'
import type { BoxesHead, Column } from './head-kinds.ts'
import { columnsOf, type Rows } from './rows.ts'

/** The parts of a row; those that are not declared are null. */
export interface Parts {
  /** Four numbers in the order of `form`. */
  readonly box: readonly [number, number, number, number]
  readonly form: 'corners' | 'centres' | 'sides' | null
  readonly scores: Rows | null
  readonly objectness: Rows | null
  readonly label: Rows | null
  readonly keypoints: Rows | null
  /** How much of each prototype. */
  readonly masks: Rows | null
  /** Column of the angle. */
  readonly angle: number | null
}

const ORDER = {
  corners: ['x0', 'y0', 'x1', 'y1'],
  centres: ['cx', 'cy', 'w', 'h'],
  sides: ['x0', 'y0', 'w', 'h'],
} as const satisfies Record<string, readonly Column[]>

const SIDES: readonly Column[] = Object.values(ORDER).flat()

/** @param prototypes - how many columns `masks` has */
type Given = Pick<BoxesHead, 'columns' | 'points' | 'point' | 'bins'> & { readonly prototypes?: number }

/** @throws SpaceError `invalid-value` where the columns do not fit the output */
export function partsOf(head: Given, rows: Rows): Parts {
  const { columns = ['x0', 'y0', 'x1', 'y1'] } = head
  const widths = widthsOf(columns, rows.width, head)
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0))
  const at = (name: Column) => starts[columns.indexOf(name)] as number
  const part = (...names: readonly Column[]) => {
    const name = names.find((one) => columns.includes(one))
    return name ? columnsOf(rows, at(name), widths[columns.indexOf(name)] as number) : null
  }
  const has = (...names: readonly Column[]) => names.every((name) => columns.includes(name))
  const form = (['corners', 'centres', 'sides'] as const).find((one) => has(...ORDER[one]))
  if (!form)
    throw expected('head.columns', 'x0, y0, x1, y1, or cx, cy, w, h, or x0, y0, w, h among them', columns.join(', '))
  return {
    box: ORDER[form].map(at) as unknown as Parts['box'],
    form: head.columns ? form : null,
    scores: part('scores', 'score'),
    objectness: part('objectness'),
    label: part('label'),
    keypoints: part('keypoints'),
    masks: part('masks'),
    angle: columns.includes('angle') ? at('angle') : null,
  }
}

/** One of `scores` and `keypoints` takes what the others leave. */
function widthsOf(
  columns: readonly Column[],
  width: number,
  { points, point, bins = 1, prototypes = 0 }: Given,
): number[] {
  const [scores, keypoints] = [columns.includes('scores'), columns.includes('keypoints')]
  const ofOne = (name: Column) => (name === 'masks' ? prototypes : SIDES.includes(name) ? bins : 1)
  const taken = columns.filter((name) => name !== 'scores' && name !== 'keypoints').map(ofOne)
  const rest = width - taken.reduce((sum, one) => sum + one, 0)
  const open = scores || keypoints
  if (rest < 0 || (open ? rest === 0 : rest > 0))
    throw expected('head.columns', `names for the ${width} columns of the output`, columns.join(', '))
  if (scores && keypoints && points === undefined)
    throw expected('head.points', 'how many keypoints each box has, as the classes take columns too', points)
  const ofPoint = point?.length ?? ((points ?? 0) * 3 < rest ? 3 : 2)
  const ofPoints = !keypoints ? 0 : points && (scores || point) ? points * ofPoint : rest
  return columns.map((name) => (name === 'scores' ? rest - ofPoints : name === 'keypoints' ? ofPoints : ofOne(name)))
}
