/** One long run at a time in a thread: it blocks the thread, so that two beside each other would end no sooner. */

import { beginNative } from '../native-work.ts'

let last: Promise<unknown> = Promise.resolve()

/** Does `work` when what was asked before has ended; between two of them the thread hears what it is told. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(() => asNative(work))
  last = mine.catch(() => {})
  return mine
}

/** Runs shorter than this need no turns: between two of them there is little to hear. */
const SHORT_MS = 3

/**
 * The turns of one graph. Where it is short, its runs follow each other at once, which keeps onnxruntime's threads awake
 * and gives a tenth more pictures a second with a graph of 0.3 ms.
 */
export function createTurns(): typeof inTurn {
  // The fastest, since the others may have waited for what went on in the thread besides.
  let fastestMs = Number.POSITIVE_INFINITY
  return (work) => {
    const timed = async () => {
      const from = performance.now()
      const result = await work()
      fastestMs = Math.min(fastestMs, performance.now() - from)
      return result
    }
    return fastestMs < SHORT_MS ? asNative(timed) : inTurn(timed)
  }
}

async function asNative<T>(work: () => Promise<T>): Promise<T> {
  const end = beginNative()
  try {
    return await work()
  } finally {
    end()
  }
}
