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
  if (!listening) process.on('exit', standStill)
  listening = true
  workers.add(worker)
  return worker
}

let listening = false
/** How long the end of the process waits for a graph; Node would wait for it in any case, and then abort. */
const EXIT_MS = 10_000

/** `process.exit()`, an error that nobody catches, and the end of all work come by here: see native-work.ts. */
function standStill(): void {
  const until = performance.now() + EXIT_MS
  const still = [...workers].map((worker) => worker.standStill(until))
  // Without the message and the core dump of an abort.
  if (still.includes(false)) process.kill(process.pid, 'SIGKILL')
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
