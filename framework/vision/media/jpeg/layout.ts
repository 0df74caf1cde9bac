/** Where everything of one picture is in the kernel's memory. */

import type { Component, Frame, HuffmanSpec } from './header.ts'
import { huffmanTable } from './huffman.ts'
import { FREE_AT } from './kernel.ts'

/** Rows of samples. */
export interface Plane {
  readonly at: number
  readonly stride: number
}

/** Addresses. */
export interface Layout {
  /** Units of blocks across and down. */
  readonly columns: number
  readonly rows: number
  readonly planes: readonly [Plane, Plane, Plane]
  readonly tables: readonly { dc: number; ac: number; quantisation: number }[]
  /** What describes the components to `scan`. */
  readonly parts: number
  /** The file from its entropy-coded bytes on. */
  readonly coded: number
  /** The end of their copy, which grows downwards. */
  readonly stream: number
  /** A row of each chroma plane at full width. */
  readonly lines: readonly [number, number]
  /** Some rows of RGB. */
  readonly band: number
  readonly end: number
}

/** Codes of one component as tables. */
export interface Tables {
  readonly dc: Int32Array
  readonly ac: Int32Array
}

/** Null where the codes are none. Components mostly share theirs. */
export function tablesOf({ components }: Frame): Tables[] | null {
  const made = new Map<HuffmanSpec, Int32Array | null>()
  const of = (spec: HuffmanSpec, dc: boolean) => {
    const table = made.get(spec) ?? huffmanTable(spec, dc)
    made.set(spec, table)
    return table
  }
  const tables: Tables[] = []
  for (const component of components) {
    const [dc, ac] = [of(component.dc, true), of(component.ac, false)]
    if (!dc || !ac) return null
    tables.push({ dc, ac })
  }
  return tables
}

/** Reads go up to 16 bytes past a row, and writes up to 32 past the last. */
const MARGIN = 32
/** What one unit of blocks can take from the stream beyond its end before that is seen. */
const OVERRUN = 4096
const PART_BYTES = 32
export const BAND_ROWS = 32

export function layOut(frame: Frame, tables: readonly Tables[], codedBytes: number): Layout {
  const { width, height, components } = frame
  const [luma, blue, red] = components
  const columns = Math.ceil(width / (8 * luma.across))
  const rows = Math.ceil(height / (8 * luma.down))
  let next = FREE_AT
  const take = (count: number) => {
    const address = next
    next = (next + count + 15) & ~15
    return address
  }
  const planeOf = ({ across, down }: Component): Plane => {
    const stride = columns * across * 8 + MARGIN
    return { at: take(MARGIN + stride * rows * down * 8) + MARGIN / 2, stride }
  }
  const line = columns * luma.across * 8 + MARGIN
  const layout = {
    columns,
    rows,
    planes: [planeOf(luma), planeOf(blue), planeOf(red)] as const,
    tables: tables.map(({ dc, ac }) => ({ dc: take(dc.byteLength), ac: take(ac.byteLength), quantisation: take(128) })),
    parts: take(PART_BYTES * components.length),
    coded: take(codedBytes + MARGIN),
    stream: take(OVERRUN + codedBytes + MARGIN) + OVERRUN + codedBytes,
    lines: [take(line), take(line)] as const,
    band: take(BAND_ROWS * width * 3 + MARGIN),
  }
  return { ...layout, end: next }
}

/** Puts in place what `scan` reads. */
export function fill(heap: ArrayBuffer, { components }: Frame, tables: readonly Tables[], layout: Layout): void {
  const words = new Int32Array(heap)
  for (const [index, { across, down, quantisation }] of components.entries()) {
    const [{ at, stride }, { dc, ac }] = [layout.planes[index] as Plane, tables[index] as Tables]
    const places = layout.tables[index] as Layout['tables'][number]
    words.set(dc, places.dc / 4)
    words.set(ac, places.ac / 4)
    new Uint16Array(heap, places.quantisation, 64).set(quantisation)
    const part = [at, stride, across, down, places.dc, places.ac, places.quantisation, 0]
    words.set(part, (layout.parts + index * PART_BYTES) / 4)
  }
}

/** The DC values start from 0 again. */
export function resetLast(heap: ArrayBuffer, { parts }: Layout, count: number): void {
  const words = new Int32Array(heap)
  for (let index = 0; index < count; index++) words[(parts + index * PART_BYTES) / 4 + 7] = 0
}
