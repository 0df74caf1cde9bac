/** The worker threads that are up, and which of them a model goes to. */

import { settings } from './settings.ts'
import { WorkerThread } from './worker-thread.ts'

const workers = new Set<WorkerThread>()

export function openWorkers(): readonly WorkerThread[] {
  return [...workers].filter((worker) => worker.alive)
}

/** The thread with the fewest models; a new one as long as there may be one and each has a model already. */
export function chooseWorker(except: readonly WorkerThread[]): WorkerThread {
  const open = openWorkers()
  const [best] = open.filter((worker) => !except.includes(worker)).sort((a, b) => a.models - b.models)
  // A model that is to be in several workers may exceed the limit.
  const full = open.length >= Math.max(settings.workers, except.length + 1)
  if (best && (best.models === 0 || full)) return best
  const worker = new WorkerThread(() => workers.delete(worker))
  workers.add(worker)
  return worker
}

/** Ends a thread that holds no model. */
export async function endUnused(worker: WorkerThread): Promise<void> {
  if (worker.models === 0 && worker.load === 0) await worker.terminate()
}
