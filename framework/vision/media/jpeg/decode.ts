/**
 * Small photos decoded in this thread, in half the time that libvips takes for the same pixels: it hands every sixteen rows
 * from thread to thread, which costs as much as decoding them. Baseline JPEG with SIMD in WebAssembly; what is unusual or
 * damaged is left to libvips. Sources: ITU-T T.81, and libjpeg-turbo for what the standard leaves open.
 */

import type { Pixels } from '#core/media.ts'
import { lendBuffer } from '../../lent.ts'
import { type Frame, readFrameHeader } from './header.ts'
import { type Kernel, openKernel } from './kernel.ts'
import { BAND_ROWS, fill, type Layout, layOut, type Plane, resetLast, tablesOf } from './layout.ts'

/** RGB pixels; null where libvips must do it. @param maxPixels - of larger pictures none is decoded here. */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): (Pixels & { channels: 3 }) | null {
  const frame = readFrameHeader(bytes)
  if (!frame || frame.width * frame.height > maxPixels || !hasNeighbours(frame)) return null
  const tables = tablesOf(frame)
  const wasm = tables && openKernel()
  if (!wasm) return null
  const { width, height, start, components } = frame
  const layout = layOut(frame, tables, bytes.length - start)
  const missing = layout.end - wasm.memory.buffer.byteLength
  if (missing > 0) wasm.memory.grow(Math.ceil(missing / 65536))
  const heap = new Uint8Array(wasm.memory.buffer)
  fill(wasm.memory.buffer, frame, tables, layout)
  heap.set(bytes.subarray(start), layout.coded)
  if (!scanAll(wasm, frame, layout, layout.coded + bytes.length - start)) return null
  const data = new Uint8Array(lendBuffer(width * height * components.length))
  paint(wasm, frame, layout, data)
  return { width, height, channels: 3, data }
}

/** Of two columns libjpeg makes four without looking at their neighbours. */
const hasNeighbours = ({ width, components: [luma] }: Frame) => luma.across === 1 || width > 4

const MARKER = 0xff
const END_OF_IMAGE = 0xd9
const FIRST_RESTART = 0xd0

/** From restart to restart, where there are any. Whatever is not exactly as it should be makes it false. */
function scanAll(wasm: Kernel, { restart, components }: Frame, layout: Layout, codedEnd: number): boolean {
  const { columns, rows, coded, stream, parts } = layout
  const heap = new Uint8Array(wasm.memory.buffer)
  // Cameras and editors restart at the beginning of a row.
  if (restart % columns !== 0) return false
  const step = restart === 0 ? rows : restart / columns
  let from = coded
  for (let row = 0, count = 0; row < rows; row += step, count++) {
    const [marker, first] = wasm.unstuff(from, codedEnd, stream)
    const expected = row + step < rows ? FIRST_RESTART + (count & 7) : END_OF_IMAGE
    if (marker + 2 > codedEnd || heap[marker] !== MARKER || heap[marker + 1] !== expected) return false
    resetLast(wasm.memory.buffer, layout, components.length)
    const bits = (stream - first) * 8
    const read = wasm.scan(parts, components.length, columns, row, Math.min(rows, row + step), stream, bits)
    // The last byte is filled up; a whole one that nobody read is a fault.
    if (read < 0 || bits - read >= 8) return false
    from = marker + 2
  }
  return true
}

/** Row by row from planes to RGB, and a band of rows at a time from there into the picture. */
function paint(wasm: Kernel, { width, height, components }: Frame, layout: Layout, picture: Uint8Array): void {
  const { planes, lines, band } = layout
  const [{ across, down }] = components
  const heap = new Uint8Array(wasm.memory.buffer)
  const rowBytes = width * components.length
  const [luma, blue, red] = planes
  const chromaWidth = Math.ceil(width / across)
  const lastRow = Math.ceil(height / down) - 1
  // libjpeg rounds up and down in turn.
  const [even, odd] = down === 2 ? [8, 7] : [4, 8]
  for (let y = 0; y < height; y++) {
    const near = down === 2 ? y >> 1 : y
    const far = down === 2 ? Math.min(lastRow, Math.max(0, near + (y & 1 ? 1 : -1))) : y
    const rowOf = ({ at, stride }: Plane, line: number) => {
      if (across === 1) return at + near * stride
      wasm.spread(at + near * stride, at + far * stride, line, chromaWidth, even, odd)
      return line
    }
    const row = y % BAND_ROWS
    wasm.colour(luma.at + y * luma.stride, rowOf(blue, lines[0]), rowOf(red, lines[1]), band + row * rowBytes, width)
    if (row === BAND_ROWS - 1 || y === height - 1) {
      picture.set(heap.subarray(band, band + (row + 1) * rowBytes), (y - row) * rowBytes)
    }
  }
}
