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

/** The halves behind a tensor that nobody has looked at. */
const HALVES = new WeakMap<Tensor, unknown>()

/**
 * Halves are widened when somebody looks at them. What goes from one run to the next, as a decoder's keys and values do,
 * is never looked at: for GPT-2 that would be millions of numbers for each token.
 */
function widened(halves: ArrayLike<number>, dims: readonly number[]): Tensor {
  let floats: Float32Array | null = null
  const made: Tensor<'float32'> = {
    type: 'float32',
    dims,
    get data() {
      HALVES.delete(made)
      floats ??= fromFloat16(halves)
      return floats
    },
  }
  HALVES.set(made, halves)
  return made
}

/** Values in the array that a graph's input of this type takes. */
export function toOrtData(tensor: Tensor, wanted: string): unknown {
  if (wanted === 'float16' && HALVES.has(tensor)) return HALVES.get(tensor)
  const { type, data } = tensor
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
      return widened(data as unknown as Uint16Array, dims)
    case 'uint64':
      return { type: 'int64', dims, data: BigInt64Array.from(data as unknown as ArrayLike<bigint>) }
    case 'int16':
    case 'uint16':
      return { type: 'int32', dims, data: Int32Array.from(data as unknown as ArrayLike<number>) }
    default:
      return { type: 'float64' satisfies TensorType, dims, data: Float64Array.from(data as ArrayLike<number>, Number) }
  }
}
