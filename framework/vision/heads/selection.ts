/**
 * The GNU C++ library's sorting and selecting, largest first, step by step: torch leaves it to them, and the order of equal
 * values is whatever comes of their steps (Musser, Introspective Sorting and Selection Algorithms, 1997).
 *
 * An order is a list of indices into values. All work in place, on the part of the order from `first` up to `last`.
 */

export interface Queue {
  readonly values: ArrayLike<number>
  readonly order: Uint32Array
}

export function queueOf(values: ArrayLike<number>): Queue {
  return { values, order: Uint32Array.from({ length: values.length }, (_, index) => index) }
}

/** Whether one index goes before another; what is no number goes before all that is. */
function above(values: ArrayLike<number>, a: number, b: number): boolean {
  const [x, y] = [values[a] as number, values[b] as number]
  return x > y || (Number.isNaN(x) && !Number.isNaN(y))
}

const before = ({ values, order }: Queue, a: number, b: number) => above(values, order[a] as number, order[b] as number)

function swap({ order }: Queue, a: number, b: number): void {
  const kept = order[a] as number
  order[a] = order[b] as number
  order[b] = kept
}

/** Of so many entries, how deep a partition may go before a heap takes over. */
const deepest = (count: number) => 2 * (31 - Math.clz32(count || 1))

/** `std::nth_element`: what goes before place `nth` stands before it, and what goes behind it behind it. */
export function selectNth(queue: Queue, nth: number): void {
  let [first, last] = [0, queue.order.length]
  for (let depth = deepest(last); last - first > 3; depth--) {
    if (depth === 0) {
      heapSelect(queue, first, nth + 1, last)
      swap(queue, first, nth)
      return
    }
    const cut = splitAtMedian(queue, first, last)
    if (cut <= nth) first = cut
    else last = cut
  }
  insertionSort(queue, first, last)
}

/** Up to so many entries are left to the insertion sort at the end. */
const SHORT = 16

/** `std::sort` of the first entries. */
export function sortFirst(queue: Queue, count: number): void {
  splitToShort(queue, 0, count, deepest(count))
  insertionSort(queue, 0, count)
}

function splitToShort(queue: Queue, first: number, last: number, depth: number): void {
  if (last - first <= SHORT) return
  if (depth === 0) {
    heapSelect(queue, first, last, last)
    sortHeap(queue, first, last)
    return
  }
  const cut = splitAtMedian(queue, first, last)
  splitToShort(queue, cut, last, depth - 1)
  splitToShort(queue, first, cut, depth - 1)
}

/** `std::partial_sort`: the first `count` entries are the largest, in order. */
export function selectSorted(queue: Queue, count: number): void {
  heapSelect(queue, 0, count, queue.order.length)
  sortHeap(queue, 0, count)
}

function splitAtMedian(queue: Queue, first: number, last: number): number {
  swap(queue, first, medianOf(queue, first + 1, first + ((last - first) >> 1), last - 1))
  let [low, high] = [first + 1, last]
  for (;;) {
    while (before(queue, low, first)) low++
    high--
    while (before(queue, first, high)) high--
    if (low >= high) return low
    swap(queue, low, high)
    low++
  }
}

function medianOf(queue: Queue, a: number, b: number, c: number): number {
  if (before(queue, a, b)) return before(queue, b, c) ? b : before(queue, a, c) ? c : a
  return before(queue, a, c) ? a : before(queue, b, c) ? c : b
}

function insertionSort({ values, order }: Queue, first: number, last: number): void {
  for (let i = first + 1; i < last; i++) {
    const moved = order[i] as number
    let hole = i
    while (hole > first && above(values, moved, order[hole - 1] as number)) {
      order[hole] = order[hole - 1] as number
      hole--
    }
    order[hole] = moved
  }
}

/** A heap of the largest, the least of them at its top. */
function heapSelect(queue: Queue, first: number, middle: number, last: number): void {
  const length = middle - first
  for (let parent = (length - 2) >> 1; parent >= 0; parent--)
    sink(queue, first, parent, length, queue.order[first + parent] as number)
  for (let i = middle; i < last; i++) if (before(queue, i, first)) popTo(queue, first, middle, i)
}

function sortHeap(queue: Queue, first: number, last: number): void {
  for (let end = last - 1; end > first; end--) popTo(queue, first, end, end)
}

/** The top goes to `place`, and what stood there into the heap. */
function popTo(queue: Queue, first: number, last: number, place: number): void {
  const entry = queue.order[place] as number
  queue.order[place] = queue.order[first] as number
  sink(queue, first, 0, last - first, entry)
}

/** An entry down from a hole to the bottom, then up again to its place. */
function sink(queue: Queue, first: number, top: number, length: number, entry: number): void {
  const { values, order } = queue
  let hole = top
  for (let child = 2 * hole + 2; child <= length; child = 2 * hole + 2) {
    if (child === length || before(queue, first + child, first + child - 1)) child--
    order[first + hole] = order[first + child] as number
    hole = child
  }
  for (let parent = (hole - 1) >> 1; hole > top; parent = (hole - 1) >> 1) {
    if (!above(values, order[first + parent] as number, entry)) break
    order[first + hole] = order[first + parent] as number
    hole = parent
  }
  order[first + hole] = entry
}
