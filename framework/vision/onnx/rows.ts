/** Outputs as rows: a line of numbers for each box or point, however the exporter laid them out. */

import type { Tensor } from '../task.ts'

export interface Rows {
  readonly count: number
  readonly width: number
  at(row: number, column: number): number
}

/** Rows lie in the last two dimensions. @param transposed - columns come first */
export function rowsOf({ data, dims }: Tensor<'float32'>, transposed = false): Rows {
  const [first = 1, second = 1] = dims.length > 1 ? dims.slice(-2) : [dims[0], 1]
  return transposed
    ? { count: second, width: first, at: (row, column) => data[column * second + row] as number }
    : { count: first, width: second, at: (row, column) => data[row * second + column] as number }
}

/** The same with a known number of rows; what remains is the columns. */
export function rowsFor({ data }: Tensor<'float32'>, count: number): Rows {
  const width = count === 0 ? 0 : Math.floor(data.length / count)
  return { count, width, at: (row, column) => data[row * width + column] as number }
}

/** A map `[1, perCell * width, height, width]`, cell by cell. */
export function rowsOfMap({ data, dims }: Tensor<'float32'>, perCell: number): Rows {
  const [channels = 1, height = 1, width = 1] = dims.slice(-3)
  const plane = height * width
  const columns = Math.floor(channels / perCell)
  const at = (row: number, column: number) => {
    const cell = Math.floor(row / perCell)
    return data[((row % perCell) * columns + column) * plane + cell] as number
  }
  return { count: plane * perCell, width: columns, at }
}

/** Several outputs, one after the other. */
export function joined(parts: readonly Rows[]): Rows {
  const [first] = parts
  if (parts.length === 1 && first) return first
  const starts: number[] = []
  let count = 0
  for (const part of parts) {
    starts.push(count)
    count += part.count
  }
  const at = (row: number, column: number) => {
    let part = parts.length - 1
    while (part > 0 && (starts[part] as number) > row) part--
    return (parts[part] as Rows).at(row - (starts[part] as number), column)
  }
  return { count, width: first?.width ?? 0, at }
}

/** Columns `start` and on. */
export function columnsOf(rows: Rows, start: number, width: number): Rows {
  return { count: rows.count, width, at: (row, column) => rows.at(row, start + column) }
}
