/** Outputs as rows: a line of numbers for each box or point, however the exporter laid them out. */

import type { Tensor } from '../task.ts'

/** Row `r`, column `c` is `data[start + r * step + c]`. */
export interface Rows {
  readonly count: number
  readonly width: number
  readonly data: Float32Array
  readonly start: number
  readonly step: number
}

export const at = ({ data, start, step }: Rows, row: number, column: number): number =>
  data[start + row * step + column] as number

const dense = (data: Float32Array, count: number, width: number): Rows => ({
  count,
  width,
  data,
  start: 0,
  step: width,
})

/** The last dimension is the columns, all before it are rows. @param transposed - in the last two, columns come first */
export function rowsOf({ data, dims }: Tensor<'float32'>, transposed = false): Rows {
  const [first = 1, second = 1] = dims.length > 1 ? dims.slice(-2) : [dims[0], 1]
  return transposed ? swapped(data, second, first) : dense(data, second === 0 ? 0 : data.length / second, second)
}

/** The same with a known number of rows; what remains is the columns. */
export function rowsFor({ data }: Tensor<'float32'>, count: number): Rows {
  return dense(data, count, count === 0 ? 0 : Math.floor(data.length / count))
}

/** A map `[1, perCell * width, height, width]`, cell by cell. */
export function rowsOfMap({ data, dims }: Tensor<'float32'>, perCell: number): Rows {
  const [channels = 1, height = 1, width = 1] = dims.slice(-3)
  const cells = swapped(data, height * width, channels)
  return dense(cells.data, height * width * perCell, Math.floor(channels / perCell))
}

/** `[width, count]` to `[count, width]`. */
function swapped(data: Float32Array, count: number, width: number): Rows {
  const rows = new Float32Array(count * width)
  for (let column = 0; column < width; column++)
    for (let row = 0; row < count; row++) rows[row * width + column] = data[column * count + row] as number
  return dense(rows, count, width)
}

/** Several outputs, one after the other. */
export function joined(parts: readonly Rows[]): Rows {
  const [first] = parts
  if (parts.length === 1 && first) return first
  const width = first?.width ?? 0
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const data = new Float32Array(count * width)
  let end = 0
  for (const part of parts) {
    data.set(part.data.subarray(0, part.count * width), end)
    end += part.count * width
  }
  return dense(data, count, width)
}

/** Columns `start` and on. */
export function columnsOf(rows: Rows, start: number, width: number): Rows {
  return { ...rows, width, start: rows.start + start }
}
