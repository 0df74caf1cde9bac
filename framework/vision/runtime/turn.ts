/** One graph at a time in a thread: a run blocks it, so that two beside each other would end no sooner. */

import { beginNative } from '../native-work.ts'

let last: Promise<unknown> = Promise.resolve()

/** Does `work` when what was asked before has ended; between two of them the thread hears what it is told. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(async () => {
    const end = beginNative()
    try {
      return await work()
    } finally {
      end()
    }
  })
  last = mine.catch(() => {})
  return mine
}
