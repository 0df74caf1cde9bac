/** Between the types that tasks use and those that graphs use. */

import type { Tensor as OrtTensor } from 'onnxruntime-node'
import type { Tensor, TensorType } from '../task.ts'
import { fromFloat16, toFloat16 } from './float16.ts'

type AnyArray = ArrayLike<number> | ArrayLike<bigint>

const CONVERT: Readonly<Record<string, (data: AnyArray) => unknown>> = {
  float32: (data) => Float32Array.from(data as ArrayLike<number>, Number),
  float64: (data) => Float64Array.from(data as ArrayLike<number>, Number),
  float16: (data) => toFloat16(Float32Array.from(data as ArrayLike<number>, Number)),
  int64: (data) => BigInt64Array.from(data as ArrayLike<bigint>, (value) => BigInt(Math.trunc(Number(value)))),
  int32: (data) => Int32Array.from(data as ArrayLike<number>, Number),
  uint8: (data) => Uint8Array.from(data as ArrayLike<number>, Number),
  int8: (data) => Int8Array.from(data as ArrayLike<number>, Number),
  bool: (data) => Uint8Array.from(data as ArrayLike<number>, (value) => (Number(value) === 0 ? 0 : 1)),
}

/** Values in the array that a graph's input of this type takes. */
export function toOrtData({ type, data }: Tensor, wanted: string): unknown {
  if (type === wanted) return data
  const convert = CONVERT[wanted]
  return convert ? convert(data) : data
}

/** Types without a counterpart here come in the next wider one. */
export function fromOrt({ type, data, dims }: OrtTensor): Tensor {
  switch (type) {
    case 'float32':
    case 'float64':
    case 'int64':
    case 'int32':
    case 'uint8':
    case 'int8':
    case 'bool':
      return { type, dims, data } as Tensor
    case 'float16':
      return { type: 'float32', dims, data: fromFloat16(data as unknown as Uint16Array) }
    case 'uint64':
      return { type: 'int64', dims, data: BigInt64Array.from(data as unknown as ArrayLike<bigint>) }
    case 'int16':
    case 'uint16':
      return { type: 'int32', dims, data: Int32Array.from(data as unknown as ArrayLike<number>) }
    default:
      return { type: 'float64' satisfies TensorType, dims, data: Float64Array.from(data as ArrayLike<number>, Number) }
  }
}
