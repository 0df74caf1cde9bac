/** The k largest of many values. */

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

/**
 * The k largest in the order in which torch's `topk(sorted=False)` leaves them on a CPU. It matters where later entries
 * overwrite earlier ones: instance masks. torch sorts when `64 * k <= n` and otherwise partitions with the C++ standard
 * library's `nth_element`, whose steps (GNU implementation: median of three, unguarded partition, insertion sort of the
 * last three) are followed here.
 */
export function topKUnsorted(values: ArrayLike<number>, k: number): Ranked[] {
  const count = values.length
  if (k <= 0 || k * 64 <= count) return topK(values, k)
  const queue = Array.from({ length: count }, (_, index) => ({ index, value: values[index] ?? 0 }))
  partitionAt(queue, Math.min(k, count) - 1)
  return queue.slice(0, k)
}

const above = (a: Ranked, b: Ranked) => a.value > b.value

function partitionAt(queue: Ranked[], nth: number): void {
  let first = 0
  let last = queue.length
  for (let depth = 2 * Math.floor(Math.log2(queue.length || 1)); last - first > 3; depth--) {
    if (depth === 0) {
      sortPart(queue, first, last)
      return
    }
    const cut = splitAtMedian(queue, first, last)
    if (cut <= nth) first = cut
    else last = cut
  }
  insertionSort(queue, first, last)
}

const at = (queue: Ranked[], index: number) => queue[index] as Ranked

function swap(queue: Ranked[], a: number, b: number): void {
  const kept = at(queue, a)
  queue[a] = at(queue, b)
  queue[b] = kept
}

function splitAtMedian(queue: Ranked[], first: number, last: number): number {
  const [a, b, c] = [first + 1, first + ((last - first) >> 1), last - 1]
  swap(queue, first, medianOf(queue, a, b, c))
  const pivot = at(queue, first)
  let low = first + 1
  let high = last
  for (;;) {
    while (above(at(queue, low), pivot)) low++
    high--
    while (above(pivot, at(queue, high))) high--
    if (low >= high) return low
    swap(queue, low, high)
    low++
  }
}

function medianOf(queue: Ranked[], a: number, b: number, c: number): number {
  const before = (x: number, y: number) => above(at(queue, x), at(queue, y))
  if (before(a, b)) return before(b, c) ? b : before(a, c) ? c : a
  return before(a, c) ? a : before(b, c) ? c : b
}

function insertionSort(queue: Ranked[], first: number, last: number): void {
  for (let i = first + 1; i < last; i++) {
    const moved = at(queue, i)
    let hole = i
    while (hole > first && above(moved, at(queue, hole - 1))) {
      queue[hole] = at(queue, hole - 1)
      hole--
    }
    queue[hole] = moved
  }
}

/** Where partitioning goes badly; then only the choice follows the C++ library, not its order. */
function sortPart(queue: Ranked[], first: number, last: number): void {
  const part = queue.slice(first, last).sort((a, b) => b.value - a.value || a.index - b.index)
  for (const [offset, entry] of part.entries()) queue[first + offset] = entry
}
