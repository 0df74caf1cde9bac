/** Writes ONNX files: the few messages of onnx.proto3 that a graph of floats needs, as protobuf's wire format. */

import { closeSync, openSync, writeSync } from 'node:fs'
import { basename } from 'node:path'

/** A piece of a message: bytes in several parts, so that hundreds of megabytes of weights are never joined. */
type Bytes = readonly Uint8Array[]

const VARINT = 0
const DELIMITED = 2
const FLOAT_BITS = 5

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}

const key = (field: number, wire: number) => varint(field * 8 + wire)
const sizeOf = (parts: Bytes) => parts.reduce((sum, part) => sum + part.length, 0)
const integer = (field: number, value: number): Bytes => [key(field, VARINT), varint(value)]
const message = (field: number, parts: Bytes): Bytes => [key(field, DELIMITED), varint(sizeOf(parts)), ...parts]
const text = (field: number, value: string): Bytes => message(field, [Buffer.from(value)])
const float = (field: number, value: number): Bytes => [
  key(field, FLOAT_BITS),
  new Uint8Array(Float32Array.of(value).buffer),
]

export type Attribute = number | readonly number[] | { readonly float: number }

export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, Attribute>>
}

export interface Weight {
  readonly name: string
  readonly dims: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

export interface Graph {
  readonly nodes: readonly Node[]
  readonly weights: readonly Weight[]
  readonly input: { readonly name: string; readonly dims: readonly (number | string)[] }
  readonly output: { readonly name: string; readonly dims: readonly (number | string)[] }
}

const OPSET = 17
const IR_VERSION = 8
/** Elements of AttributeProto.AttributeType and TensorProto.DataType. */
const ATTRIBUTE = { float: 1, integer: 2, integers: 7 }
const DATA = { float: 1, int64: 7 }
/** Weights of this size and more are mapped into memory, and begin where a page of memory may. In bytes. */
const PAGE = 4096
const WORTH_A_FILE = 1024

function attributeProto(name: string, value: Attribute): Bytes {
  const parts = [...text(1, name)]
  if (typeof value === 'number') parts.push(...integer(3, value), ...integer(20, ATTRIBUTE.integer))
  else if ('float' in value) parts.push(...float(2, value.float), ...integer(20, ATTRIBUTE.float))
  else parts.push(...value.flatMap((entry) => integer(8, entry)), ...integer(20, ATTRIBUTE.integers))
  return parts
}

const nodeProto = ({ op, inputs, output, attributes = {} }: Node): Bytes => [
  ...inputs.flatMap((input) => text(1, input)),
  ...text(2, output),
  ...text(3, output),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(([name, value]) => message(5, attributeProto(name, value))),
]

const bytesOf = ({ data }: Weight) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** @param place - where the data are in a file of their own; null where they are in the message. */
function tensorProto(weight: Weight, place: { file: string; offset: number } | null): Bytes {
  const type = weight.data instanceof Float32Array ? DATA.float : DATA.int64
  const head = [...weight.dims.flatMap((dim) => integer(1, dim)), ...integer(2, type), ...text(8, weight.name)]
  if (!place) return [...head, ...message(9, [bytesOf(weight)])]
  const entry = (name: string, value: string) => message(13, [...text(1, name), ...text(2, value)])
  return [
    ...head,
    ...entry('location', place.file),
    ...entry('offset', String(place.offset)),
    ...entry('length', String(weight.data.byteLength)),
    ...integer(14, 1),
  ]
}

function valueInfo({ name, dims }: Graph['input']): Bytes {
  const shape = dims.flatMap((dim) => message(1, typeof dim === 'number' ? integer(1, dim) : text(2, dim)))
  return [...text(1, name), ...message(2, message(1, [...integer(1, DATA.float), ...message(2, shape)]))]
}

/** @param dataPath - a file for the larger weights; without it all are in the graph's own. */
export function writeOnnx(path: string, graph: Graph, dataPath: string | null = null): void {
  let end = 0
  const outside: { weight: Weight; offset: number }[] = []
  const tensors = graph.weights.flatMap((weight) => {
    if (!dataPath || weight.data.byteLength < WORTH_A_FILE) return message(5, tensorProto(weight, null))
    const offset = end
    end = Math.ceil((offset + weight.data.byteLength) / PAGE) * PAGE
    outside.push({ weight, offset })
    return message(5, tensorProto(weight, { file: basename(dataPath), offset }))
  })
  const body = [
    ...graph.nodes.flatMap((node) => message(1, nodeProto(node))),
    ...text(2, 'graph'),
    ...tensors,
    ...message(11, valueInfo(graph.input)),
    ...message(12, valueInfo(graph.output)),
  ]
  const opset = [...text(1, ''), ...integer(2, OPSET)]
  writeParts(path, [...integer(1, IR_VERSION), ...message(8, opset), ...message(7, body)])
  if (!dataPath) return
  const file = openSync(dataPath, 'w')
  for (const { weight, offset } of outside) writeSync(file, bytesOf(weight), 0, weight.data.byteLength, offset)
  closeSync(file)
}

function writeParts(path: string, parts: Bytes): void {
  const file = openSync(path, 'w')
  for (const part of parts) writeSync(file, part)
  closeSync(file)
}
