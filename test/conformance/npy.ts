/** NumPy's file format, as far as the references use it: little-endian, C order. */

import { readFileSync } from 'node:fs'
import { type Tensor, type TensorType, tensor } from '../../framework/vision/task.ts'

const TYPES: Readonly<Record<string, [TensorType, new (buffer: ArrayBuffer) => unknown]>> = {
  '<f4': ['float32', Float32Array],
  '<f8': ['float64', Float64Array],
  '<i8': ['int64', BigInt64Array],
  '<i4': ['int32', Int32Array],
  '|u1': ['uint8', Uint8Array],
  '|i1': ['int8', Int8Array],
  '|b1': ['bool', Uint8Array],
}

export function readNpy(path: string): Tensor {
  const bytes = readFileSync(path)
  const wide = (bytes[6] as number) >= 2
  const start = wide ? 12 : 10
  const length = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', start, start + length)
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? ''
  const known = TYPES[type]
  if (!known || header.includes("'fortran_order': True")) throw new Error(`${path}: cannot read ${header}`)
  const dims = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((dim) => dim.trim() !== '')
    .map(Number)
  const [name, Values] = known
  const data = new Values(
    bytes.buffer.slice(bytes.byteOffset + start + length, bytes.byteOffset + bytes.length) as ArrayBuffer,
  )
  return tensor(name, data as Float32Array, dims)
}
