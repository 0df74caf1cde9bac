/**
 * Open models. A model lives in one worker thread (or in as many as it is given), so that its memory is paid once;
 * models share workers when there are more of them than workers. Sessions never run on the caller's thread: a run would
 * hold up everything else there.
 */

import { CALLS_PER_WORKER, Slot, type SlotCall, type SlotRequest } from './slot.ts'
import type { Answer } from './worker-thread.ts'
import { openWorkers } from './workers.ts'

/** A share in an open model. */
export interface Lease {
  call(args: readonly unknown[], options: SlotCall): Promise<Answer>
  /** Calls that can be under way at once; more would wait in the queue. */
  readonly atOnce: number
  /** The last one to leave unloads the model. */
  release(): Promise<void>
}

interface Shared {
  readonly slot: Slot
  users: number
}

const slots = new Map<string, Shared>()

/** The same model, task and options is loaded once, whoever asks. */
export async function acquire(request: SlotRequest): Promise<Lease> {
  const { task, model, options, workers, providers, pin } = request
  const key = JSON.stringify([task, model.folder, workers, providers, options])
  const shared = slots.get(key) ?? { slot: new Slot(request), users: 0 }
  slots.set(key, shared)
  const { slot } = shared
  shared.users++
  if (pin) slot.pin()
  const release = async () => {
    shared.users--
    if (pin) slot.unpin()
    if (shared.users > 0) return
    await slot.still()
    // Somebody may have asked for it in the meantime.
    if (shared.users > 0) return
    if (slots.get(key) === shared) slots.delete(key)
    await slot.close()
  }
  try {
    await slot.ready()
  } catch (error) {
    await release()
    throw error
  }
  return { call: (args, call) => slot.call(args, call), atOnce: workers * CALLS_PER_WORKER, release }
}

/** Ends all workers; for tests and the end of a process. */
export async function closeRuntime(): Promise<void> {
  for (const { slot } of slots.values()) slot.abandon()
  slots.clear()
  await Promise.all(openWorkers().map((worker) => worker.terminate()))
}
