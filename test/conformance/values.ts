/** Numbers of a reference: nested lists, or the name of a NumPy file. */

import { readNpy } from './npy.ts'
import { type Case, fileOf } from './record.ts'

type Nested = number | readonly Nested[]

const dimsOf = (value: Nested): number[] =>
  typeof value === 'number' ? [] : [value.length, ...(value[0] === undefined ? [] : dimsOf(value[0]))]

export function valuesOf(of: Case, written: unknown): { dims: readonly number[]; data: ArrayLike<number> } {
  if (typeof written === 'string') {
    const { dims, data } = readNpy(fileOf(of, written))
    return { dims, data: data as Float32Array }
  }
  if (!Array.isArray(written)) throw new Error('expected.json: expected nested lists of numbers, or an .npy file')
  return { dims: dimsOf(written), data: written.flat(Number.POSITIVE_INFINITY as 10) as number[] }
}
