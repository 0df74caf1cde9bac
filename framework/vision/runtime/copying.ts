/** Copies of large amounts of bytes: at once, or without holding up a thread that others wait for. */

export type Copy = (bytes: Uint8Array) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>

/** Memory of its own, also where the bytes lie in shared memory. */
export const copyAtOnce: Copy = (bytes) => bytes.slice() as Uint8Array<ArrayBuffer>

/** What all copies together may take before the thread does something else, in bytes: 1 to 3 ms. */
const PER_TURN = 4 << 20

let left = PER_TURN
let nextTurn: Promise<void> | null = null

/** The pixels of a photo of 12 megapixels take 20 ms, and a list of them as much for each. */
export const copyInTurns: Copy = async (bytes) => {
  // Before the memory is taken: that costs as much as filling it.
  while (left <= 0) await turn()
  if (bytes.length <= PER_TURN) {
    left -= bytes.length
    return copyAtOnce(bytes)
  }
  const copy = new Uint8Array(bytes.length)
  for (let from = 0; from < bytes.length; from += PER_TURN) {
    while (left <= 0) await turn()
    const piece = bytes.subarray(from, from + PER_TURN)
    left -= piece.length
    copy.set(piece, from)
  }
  return copy
}

function turn(): Promise<void> {
  nextTurn ??= new Promise((resolve) => {
    setImmediate(() => {
      nextTurn = null
      left = PER_TURN
      resolve()
    })
  })
  return nextTurn
}
