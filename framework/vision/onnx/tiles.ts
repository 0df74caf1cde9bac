/** Pictures that are larger than a graph's input, made piece by piece: every pixel once, with neighbours around it. */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { type Port, type TaskContext, type Tensor, throwIfCancelled } from '../task.ts'
import type { PictureInput } from './declaration.ts'
import type { ImageHead } from './head-kinds.ts'
import { pixelsOf } from './image.ts'
import { prepare, sizeFor } from './prepare.ts'

/** As many pixels on each side as Real-ESRGAN's own program gives a tile of its neighbours. */
const USUAL_OVERLAP = 10

/** A piece of a side: where it begins, and from where to where it is taken. */
export interface Span {
  readonly start: number
  readonly from: number
  readonly to: number
}

/** Pieces of `size` that lie over a side of `length`; the last one ends with it. */
export function spansOf(length: number, size: number, overlap: number): Span[] {
  const step = size - 2 * overlap
  const count = length <= size ? 1 : Math.ceil((length - size) / step) + 1
  const starts = Array.from({ length: count }, (_, i) => Math.max(0, Math.min(i * step, length - size)))
  const border = (i: number) => Math.floor(((starts[i - 1] as number) + size + (starts[i] as number)) / 2)
  return starts.map((start, i) => ({
    start,
    from: i === 0 ? 0 : border(i),
    to: i === count - 1 ? length : border(i + 1),
  }))
}

/** @param run - the graph, from its input to the output that is a picture */
export async function inTiles(
  picture: Pixels,
  spec: PictureInput,
  head: ImageHead,
  port: Port,
  context: TaskContext,
  run: (values: Tensor<'float32'>) => Promise<Tensor<'float32'>>,
): Promise<Pixels> {
  const { width, height } = sizeFor(picture, spec, port)
  const overlap = spec.overlap ?? USUAL_OVERLAP
  if (overlap * 2 >= Math.min(width, height))
    throw expected('picture.overlap', `less than half of a tile of ${width} x ${height}`, overlap)
  const columns = spansOf(picture.width, width, overlap)
  const rows = spansOf(picture.height, height, overlap)
  const tiles = rows.flatMap((row) => columns.map((column) => ({ row, column })))
  let whole: Pixels | null = null
  for (const [done, { row, column }] of tiles.entries()) {
    throwIfCancelled(context.signal)
    const tile = pieceOf(picture, column.start, row.start, width, height)
    const { values } = await context.time('preprocess', () =>
      prepare(tile, { ...spec, fit: 'stretch', size: [width, height] }, port),
    )
    const output = await run(values)
    whole = await context.time('postprocess', () => {
      const made = pixelsOf(head, output)
      const scale = made.width / width
      const all = whole ?? blank(Math.round(picture.width * scale), Math.round(picture.height * scale), made.channels)
      put(made, all, { row, column, scale })
      return all
    })
    context.onProgress((done + 1) / tiles.length, `Tile ${done + 1} of ${tiles.length}`)
  }
  return whole as Pixels
}

const blank = (width: number, height: number, channels: Pixels['channels']): Pixels => ({
  width,
  height,
  channels,
  data: new Uint8Array(width * height * channels),
})

/** A part of a picture; beyond its edges their pixels go on. */
function pieceOf(
  { width: across, height: down, data }: Pixels,
  left: number,
  top: number,
  width: number,
  height: number,
): Pixels {
  const piece = blank(width, height, 3)
  for (let y = 0; y < height; y++) {
    const row = Math.min(top + y, down - 1) * across
    for (let x = 0; x < width; x++) {
      const from = (row + Math.min(left + x, across - 1)) * 3
      piece.data.set(data.subarray(from, from + 3), (y * width + x) * 3)
    }
  }
  return piece
}

interface Place {
  readonly row: Span
  readonly column: Span
  readonly scale: number
}

/** Copies what is taken of a tile to its place in the whole. */
function put(tile: Pixels, whole: Pixels, { row, column, scale }: Place): void {
  const at = (value: number) => Math.round(value * scale)
  const { channels } = tile
  const [left, right] = [at(column.from), Math.min(whole.width, at(column.to))]
  for (let y = at(row.from); y < Math.min(whole.height, at(row.to)); y++) {
    const from = ((y - at(row.start)) * tile.width + left - at(column.start)) * channels
    const part = tile.data.subarray(from, from + (right - left) * channels)
    whole.data.set(part, (y * whole.width + left) * channels)
  }
}
