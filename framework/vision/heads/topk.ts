/** The k largest of many values. */

import { type Queue, queueOf, selectNth, selectSorted, sortFirst } from './selection.ts'

export interface Ranked {
  readonly index: number
  readonly value: number
}

/** Up to so many are kept in order while the values are gone through; more are cut off a sorted copy. */
const FEW = 64

/** Indices of the k largest values, largest first, equal ones in order; all of them where there are fewer. */
export function largest(values: ArrayLike<number>, k: number): number[] {
  const count = Math.min(k, values.length)
  return count <= FEW ? byInsertion(values, count) : bySorting(values, count)
}

function byInsertion(values: ArrayLike<number>, count: number): number[] {
  const best: number[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (best.length === count && !(value > (values[best[count - 1] as number] as number))) continue
    let place = best.length
    while (place > 0 && value > (values[best[place - 1] as number] as number)) place--
    best.splice(place, 0, i)
    if (best.length > count) best.pop()
  }
  return best
}

/** Numbers alone are sorted many times faster than indices by a rule. */
function bySorting(values: ArrayLike<number>, count: number): number[] {
  const least = new Float64Array(values).sort()[values.length - count] as number
  const indices: number[] = []
  for (let i = 0; i < values.length; i++) if (!((values[i] as number) < least)) indices.push(i)
  return indices.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b).slice(0, count)
}

/** Best first; equal values in the order of their indices. */
export function topK(values: ArrayLike<number>, k: number): Ranked[] {
  return largest(values, k).map((index) => ({ index, value: values[index] as number }))
}

/** torch sorts while it chooses when the choice is this many times smaller than what there is. */
const SPARSE = 64

/**
 * The k largest as torch's `topk` lists them on a CPU: best first, and equal ones in the order that the C++ library's steps
 * leave them in, which is not that of their indices.
 */
export function torchTopK(values: ArrayLike<number>, k: number): Ranked[] {
  const count = Math.min(k, values.length)
  const queue = queueOf(values)
  if (count * SPARSE <= values.length) selectSorted(queue, count)
  else {
    selectNth(queue, count - 1)
    sortFirst(queue, count - 1)
  }
  return ranked(queue, count)
}

/** The same of `topk(sorted=False)`. It matters where later entries overwrite earlier ones: instance masks. */
export function topKUnsorted(values: ArrayLike<number>, k: number): Ranked[] {
  const count = Math.min(k, values.length)
  if (count * SPARSE <= values.length) return torchTopK(values, count)
  const queue = queueOf(values)
  selectNth(queue, count - 1)
  return ranked(queue, count)
}

/** Indices of all values as torch's `argsort(descending=True)` lists them: equal ones in the C++ library's order, too. */
export function torchOrder(values: ArrayLike<number>): number[] {
  const queue = queueOf(values)
  sortFirst(queue, values.length)
  return [...queue.order]
}

const ranked = ({ values, order }: Queue, count: number): Ranked[] =>
  Array.from(order.subarray(0, count), (index) => ({ index, value: values[index] as number }))
