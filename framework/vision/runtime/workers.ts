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

/** How long a thread without a model waits for the next one: an edited space closes its model and opens it again. */
const GRACE_MS = 5000

/** Ends a thread that holds no model, if it still holds none a little later. */
export function endUnused(worker: WorkerThread): void {
  const end = () => {
    if (worker.models === 0 && worker.load === 0) void worker.terminate()
  }
  if (worker.models === 0) setTimeout(end, GRACE_MS).unref()
}
