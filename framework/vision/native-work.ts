/**
 * Work in native code that its thread must not be stopped in: onnxruntime and node-av abort the whole process then, with
 * code 134 and a core dump, whatever code the program ended with. Whoever stops a worker, or ends the process, first lets
 * nothing begin there any more and waits for what is under way. Threads that share nothing work as if this were not here.
 */

/** Places in the memory that a worker shares with the thread that started it. */
const UNDER_WAY = 0
const ENDED = 1

let shared: Int32Array | null = null
let still = () => {}

export const createNativeWork = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))

/** For a worker: from now on the other thread sees what is under way here. */
export function shareNativeWork(memory: Int32Array): void {
  shared = memory
}

/** Gives the function that tells its end. @throws Error once the thread is to end */
export function beginNative(): () => void {
  if (!shared) return () => {}
  const memory = shared
  const end = () => {
    if (Atomics.sub(memory, UNDER_WAY, 1) > 1) return
    Atomics.notify(memory, UNDER_WAY)
    still()
  }
  // In this order: the other thread sets the one and then looks at the other.
  Atomics.add(memory, UNDER_WAY, 1)
  try {
    checkNative()
  } catch (error) {
    end()
    throw error
  }
  return end
}

/** For work in many steps, between them. @throws Error once the thread is to end */
export function checkNative(): void {
  if (shared && Atomics.load(shared, ENDED) === 1) throw new Error('The worker ends.')
}

/** For the worker itself: lets nothing begin any more, and is done when nothing is under way. */
export async function endNative(): Promise<void> {
  if (!shared) return
  Atomics.store(shared, ENDED, 1)
  if (Atomics.load(shared, UNDER_WAY) > 0) await new Promise<void>((resolve) => (still = resolve))
}

/**
 * For the thread that started the worker, at the end of the process: the same, and blocks meanwhile.
 * @param until - of `performance.now()`
 * @returns whether nothing was under way by then
 */
export function awaitNative(memory: Int32Array, until: number): boolean {
  Atomics.store(memory, ENDED, 1)
  for (;;) {
    const underWay = Atomics.load(memory, UNDER_WAY)
    if (underWay === 0) return true
    const leftMs = until - performance.now()
    if (leftMs <= 0) return false
    Atomics.wait(memory, UNDER_WAY, underWay, leftMs)
  }
}
