/**
 * Large buffers that are good until the thread's calls have ended, and then serve the next ones: pixels and input tensors.
 * A new one costs page faults, a tenth of a millisecond for a small photo, and is collected late: four workers held 30 MB
 * of them. Threads that nobody has told to lend give a new one each time.
 */

/** Of each thread, in buffers: a picture and its tensor, twice. */
const KEPT = 4
/** Buffers below this are cheap, and those above too much to keep. */
const LEAST_BYTES = 64 << 10
const MOST_BYTES = 4 << 20

let lending = false
let lent: ArrayBuffer[] = []
let spare: ArrayBuffer[] = []

/** From now on; `takeBack` must be called whenever no call is under way. */
export function startLending(): void {
  lending = true
}

/** A buffer with whatever is in it, for those who need it no longer than the call lasts: no answer may point into it. */
export function lendBuffer(bytes: number): ArrayBuffer {
  if (!lending || bytes < LEAST_BYTES || bytes > MOST_BYTES) return new ArrayBuffer(bytes)
  const known = spare.find(({ byteLength }) => byteLength === bytes)
  const buffer = known ?? new ArrayBuffer(bytes)
  if (known) spare = spare.filter((other) => other !== known)
  if (lent.length < KEPT) lent.push(buffer)
  return buffer
}

/** Whatever was lent may be used again. */
export function takeBack(): void {
  if (lent.length === 0) return
  spare = [...lent, ...spare].slice(0, KEPT)
  lent = []
}
