/**
 * Resizing row by row with antialiasing, every bit as torch has it. Python's OneFormer brings the masks of segments to the
 * picture so; all others resize as `linear-rows.ts` does. It matters where a picture is smaller than its masks.
 */

import { FILTERS } from '../processors/filters.ts'
import { smoothTaps, type Taps, weighted } from '../processors/torch-weights.ts'
import type { Size } from '../task.ts'

const tapsOf = (from: number, to: number) => smoothTaps(from, to, FILTERS.bilinear, Math.fround)

/** The rows of a resized plane, to be asked for from top to bottom. */
export class SmoothRows {
  readonly #data: Float32Array
  readonly #from: Size
  readonly #columns: Taps
  readonly #rows: Taps
  /** The rows that the last one asked for was made of, as wide as the result: `#first` up to `#last`. */
  readonly #wide: Float32Array
  #first = 0
  #last = 0

  constructor(data: Float32Array, from: Size, to: Size) {
    this.#data = data
    this.#from = from
    this.#columns = tapsOf(from.width, to.width)
    this.#rows = tapsOf(from.height, to.height)
    const most = this.#rows.weights.reduce((count, taps) => Math.max(count, taps.length), 0)
    this.#wide = new Float32Array(most * to.width)
  }

  fill(y: number, into: Float32Array): void {
    const start = this.#rows.starts[y] as number
    const taps = this.#rows.weights[y] as Float64Array
    const width = this.#columns.weights.length
    this.#move(start, start + taps.length)
    for (let x = 0; x < into.length; x++) into[x] = weighted(this.#wide, x, width, taps)
  }

  #move(first: number, last: number): void {
    const { starts, weights } = this.#columns
    const width = weights.length
    this.#wide.copyWithin(0, (first - this.#first) * width)
    for (let row = Math.max(first, this.#last); row < last; row++) {
      const [source, target] = [row * this.#from.width, (row - first) * width]
      for (let x = 0; x < width; x++)
        this.#wide[target + x] = weighted(this.#data, source + (starts[x] as number), 1, weights[x] as Float64Array)
    }
    this.#first = first
    this.#last = last
  }
}
