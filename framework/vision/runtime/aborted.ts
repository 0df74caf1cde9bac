/** Waiting that can be given up. */

/** Rejects as soon as the signal aborts; what `work` gives later is dropped. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const finish = <V>(settle: (value: V) => void) => {
      return (value: V) => {
        signal.removeEventListener('abort', abort)
        settle(value)
      }
    }
    work.then(finish(resolve), finish(reject))
  })
}
