/**
 * Single numbers that an ONNX file holds as weights or constants, found without reading the large ones.
 * Fields as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

import { openReader, type Reader } from '../../media/read-at.ts'

const GRAPH = 7
const NODE = 1
const INITIALIZER = 5
const OP_TYPE = 4
const ATTRIBUTE = 5
const ATTRIBUTE_TENSOR = 5
const DATA_TYPE = 2
const FLOAT_DATA = 4
const RAW_DATA = 9
const FLOAT = 1

/** A node or a tensor of one number is no longer. */
const SMALL_BYTES = 1024

/** Float32 numbers of one value, in the order of the file. */
export function readScalars(file: string): number[] {
  const reader = openReader({ file })
  try {
    const bytes = buffered(reader)
    const found: number[] = []
    for (const graph of fieldsOf(bytes, 0, reader.length)) {
      if (graph.number !== GRAPH || graph.end === null) continue
      for (const { number, start, end } of fieldsOf(bytes, graph.start, graph.end)) {
        if (end === null || end - start > SMALL_BYTES) continue
        const value = number === INITIALIZER ? scalarIn(bytes, start, end) : null
        if (number === NODE) found.push(...constantsIn(bytes, start, end))
        if (value !== null) found.push(value)
      }
    }
    return found
  } finally {
    reader.close()
  }
}

type Bytes = (at: number, length: number) => Uint8Array

interface Field {
  readonly number: number
  readonly start: number
  /** Null for a plain number, whose value `start` is then. */
  readonly end: number | null
}

const WINDOW = 1 << 16

/** What was read before is kept, as fields lie beside each other. */
function buffered(reader: Reader): Bytes {
  let from = 0
  let window: Uint8Array = new Uint8Array()
  return (at, length) => {
    if (at < from || at + length > from + window.length) {
      from = at
      window = reader.read(at, Math.max(length, WINDOW))
    }
    return window.subarray(at - from, at - from + length)
  }
}

function* fieldsOf(bytes: Bytes, start: number, end: number): Generator<Field, void, void> {
  for (let at = start; at < end; ) {
    const tag = varint(bytes, at)
    const [number, wire] = [Math.floor(tag.value / 8), tag.value % 8]
    if (wire === 2) {
      const length = varint(bytes, tag.next)
      yield { number, start: length.next, end: length.next + length.value }
      at = length.next + length.value
    } else if (wire === 0) {
      const plain = varint(bytes, tag.next)
      yield { number, start: plain.value, end: null }
      at = plain.next
    } else {
      const length = wire === 5 ? 4 : 8
      yield { number, start: tag.next, end: tag.next + length }
      at = tag.next + length
    }
  }
}

/** Seven bits a byte, the lowest first. */
function varint(bytes: Bytes, at: number): { value: number; next: number } {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const [byte = 0] = bytes(at + i, 1)
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: at + i + 1 }
  }
  return { value, next: at + 10 }
}

/** The value of a tensor that is one float32; null for any other. */
function scalarIn(bytes: Bytes, start: number, end: number): number | null {
  let type = 0
  let data: Uint8Array | null = null
  for (const field of fieldsOf(bytes, start, end)) {
    if (field.number === DATA_TYPE) type = field.start
    if (field.end !== null && (field.number === RAW_DATA || field.number === FLOAT_DATA)) {
      data = bytes(field.start, field.end - field.start).slice()
    }
  }
  return type === FLOAT && data?.length === 4 ? new DataView(data.buffer).getFloat32(0, true) : null
}

function constantsIn(bytes: Bytes, start: number, end: number): number[] {
  const fields = [...fieldsOf(bytes, start, end)]
  const isConstant = fields.some(
    (field) => field.number === OP_TYPE && field.end !== null && textIn(bytes, field.start, field.end) === 'Constant',
  )
  if (!isConstant) return []
  return fields
    .filter(({ number }) => number === ATTRIBUTE)
    .flatMap((attribute) => [...fieldsOf(bytes, attribute.start, attribute.end ?? attribute.start)])
    .flatMap(({ number, start: from, end: to }) => {
      const value = number === ATTRIBUTE_TENSOR && to !== null ? scalarIn(bytes, from, to) : null
      return value === null ? [] : [value]
    })
}

const textIn = (bytes: Bytes, start: number, end: number) => String.fromCharCode(...bytes(start, end - start))
