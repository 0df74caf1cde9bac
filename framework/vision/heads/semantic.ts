/**
 * Semantic segmentation: the most likely class of every pixel.
 *
 * Enlarging the logits of 150 classes to a photograph takes a gigabyte when done as written. Here nothing of that size
 * exists: between four neighbouring logits a bilinear value never leaves their range, so of each such cell only the
 * classes whose largest corner reaches the best smallest corner can win, mostly one or two. Only those are computed.
 */

import type { Size, Tensor } from '../task.ts'
import { blendOf, isSmall, linearAxis } from './linear-rows.ts'
import type { Mask } from './masks.ts'

const f32 = Math.fround

/** Class scores row by row, so that a model whose scores are sums over queries need not hold them all. */
export interface ScoreRows extends Size {
  readonly classes: number
  /** Fills `[classes, width]` with row `y`. */
  row(y: number, into: Float32Array): void
}

/** @param logits - `[1, classes, height, width]` */
export function scoreRows({ data, dims }: Tensor<'float32'>): ScoreRows {
  const [classes = 0, height = 0, width = 0] = dims.slice(-3)
  return {
    classes,
    width,
    height,
    row(y, into) {
      for (let c = 0; c < classes; c++) {
        const start = (c * height + y) * width
        into.set(data.subarray(start, start + width), c * width)
      }
    },
  }
}

/** The class of every pixel after enlarging the scores bilinearly to `size`; the lower class of equals. */
export function classMap(scores: ScoreRows, size: Size): Uint16Array {
  if (isSmall(size)) return smallClassMap(scores, size)
  const { classes, width } = scores
  const labels = new Uint16Array(size.width * size.height)
  const columns = linearAxis(width, size.width)
  const rows = linearAxis(scores.height, size.height)
  const held = new RowPair(scores)
  const cells = new CellRow(classes, width)
  for (let y = 0; y < size.height; y++) {
    if (held.move(rows.first[y] as number, rows.second[y] as number)) cells.find(held.above, held.below)
    const down = rows.weight[y] as number
    for (let x = 0; x < size.width; x++) {
      const a = columns.first[x] as number
      const right = columns.weight[x] as number
      labels[y * size.width + x] = cells.best(held.above, held.below, a, columns.second[x] as number, right, down)
    }
  }
  return labels
}

/** Every class of every pixel is computed: small results are added up in another order. */
function smallClassMap(scores: ScoreRows, size: Size): Uint16Array {
  const { classes, width } = scores
  const labels = new Uint16Array(size.width * size.height)
  const rows = linearAxis(scores.height, size.height)
  const { first, second, weight } = linearAxis(width, size.width)
  const held = new RowPair(scores)
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const [x, y] = [pixel % size.width, Math.floor(pixel / size.width)]
    held.move(rows.first[y] as number, rows.second[y] as number)
    const at = (row: Float32Array, label: number, column: Uint32Array) =>
      row[label * width + (column[x] as number)] as number
    let bestValue = -Infinity
    for (let c = 0; c < classes; c++) {
      const value = blendOf(size, { index: c, count: classes })(
        at(held.above, c, first),
        at(held.above, c, second),
        at(held.below, c, first),
        at(held.below, c, second),
        weight[x] as number,
        rows.weight[y] as number,
      )
      if (!(value > bestValue)) continue
      labels[pixel] = c
      bestValue = value
    }
  }
  return labels
}

/** The two rows of scores that an output row lies between. */
class RowPair {
  readonly #scores: ScoreRows
  above: Float32Array
  below: Float32Array
  #first = -1
  #second = -1

  constructor(scores: ScoreRows) {
    this.#scores = scores
    this.above = new Float32Array(scores.classes * scores.width)
    this.below = new Float32Array(scores.classes * scores.width)
  }

  /** Whether the rows are others than before. */
  move(first: number, second: number): boolean {
    if (first === this.#first && second === this.#second) return false
    if (first === this.#second) [this.above, this.below] = [this.below, this.above]
    else if (first !== this.#first) this.#scores.row(first, this.above)
    this.#scores.row(second, this.below)
    this.#first = first
    this.#second = second
    return true
  }
}

// Float32 rounding of a weighted sum may leave the corners' range by this part of it.
const SLACK = 1e-6

/** Which classes can win between each column and the next, for one pair of rows. */
class CellRow {
  readonly #classes: number
  readonly #width: number
  readonly #bound: Float32Array
  readonly #counts: Uint16Array
  readonly #candidates: Uint16Array

  constructor(classes: number, width: number) {
    this.#classes = classes
    this.#width = width
    this.#bound = new Float32Array(width)
    this.#counts = new Uint16Array(width)
    this.#candidates = new Uint16Array(width * classes)
  }

  find(above: Float32Array, below: Float32Array): void {
    const width = this.#width
    this.#bound.fill(-Infinity)
    for (let start = 0; start < this.#classes * width; start += width) {
      for (let x = 0; x < width; x++) {
        const low = corner(Math.min, above, below, start, x, width)
        if (low > (this.#bound[x] as number)) this.#bound[x] = low
      }
    }
    for (let x = 0; x < width; x++) (this.#bound[x] as number) -= Math.abs(this.#bound[x] as number) * SLACK
    this.#counts.fill(0)
    for (let c = 0; c < this.#classes; c++) {
      for (let x = 0; x < width; x++) {
        if (corner(Math.max, above, below, c * width, x, width) < (this.#bound[x] as number)) continue
        const count = this.#counts[x] as number
        this.#candidates[x * this.#classes + count] = c
        this.#counts[x] = count + 1
      }
    }
  }

  best(above: Float32Array, below: Float32Array, a: number, b: number, right: number, down: number): number {
    const first = a * this.#classes
    const count = this.#counts[a] as number
    let best = this.#candidates[first] as number
    if (count === 1) return best
    const left = f32(1 - right)
    const up = f32(1 - down)
    let bestValue = -Infinity
    for (let i = first; i < first + count; i++) {
      const c = this.#candidates[i] as number
      const row = c * this.#width
      // `alongRows`, written out: nearly all the time is spent here.
      const top = f32((above[row + a] as number) * left + f32((above[row + b] as number) * right))
      const bottom = f32((below[row + a] as number) * left + f32((below[row + b] as number) * right))
      const value = f32(top * up + f32(bottom * down))
      if (value > bestValue) {
        best = c
        bestValue = value
      }
    }
    return best
  }
}

type Pick = (a: number, b: number, c: number, d: number) => number

function corner(pick: Pick, above: Float32Array, below: Float32Array, row: number, x: number, width: number): number {
  const a = row + x
  const b = row + Math.min(x + 1, width - 1)
  return pick(above[a] as number, above[b] as number, below[a] as number, below[b] as number)
}

export interface ClassMask {
  readonly label: number
  readonly mask: Mask
}

/** A mask for each class that some pixel has, in ascending order. */
export function classMasks(map: Uint16Array, size: Size): ClassMask[] {
  const masks = new Map<number, Uint8Array>()
  for (let i = 0; i < map.length; i++) {
    const label = map[i] as number
    let data = masks.get(label)
    if (!data) {
      data = new Uint8Array(map.length)
      masks.set(label, data)
    }
    data[i] = 255
  }
  return [...masks].sort(([a], [b]) => a - b).map(([label, data]) => ({ label, mask: { ...size, data } }))
}
