/** Keypoints in the row of a box. */

import type { PointColumn } from './head-kinds.ts'
import { at, type Rows } from './rows.ts'

const USUAL: readonly PointColumn[] = ['x', 'y', 'score']

/** Columns of each point where none are declared: as many as its number says, else two where that divides. */
export function usualPoint(width: number, points: number | undefined): readonly PointColumn[] {
  const columns = points ? Math.floor(width / points) : width % 2 === 0 ? 2 : 3
  return Array.from({ length: columns }, (_, i) => USUAL[i] ?? 'skip')
}

/** @param place - from the row's numbers to a place */
export function pointsOf(
  rows: Rows,
  row: number,
  columns: readonly PointColumn[],
  place: (x: number, y: number) => [number, number],
) {
  const [toX, toY, toScore] = [columns.indexOf('x'), columns.indexOf('y'), columns.indexOf('score')]
  return Array.from({ length: Math.floor(rows.width / columns.length) }, (_, i) => {
    const value = (column: number) => at(rows, row, i * columns.length + column)
    const [x, y] = place(value(toX), value(toY))
    return toScore < 0 ? ([x, y] as const) : ([x, y, value(toScore)] as const)
  })
}
