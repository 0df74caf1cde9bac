/** A worker of the pool: opens tasks and answers calls, everything from the file's bytes to the finished answer. */

import { parentPort, workerData } from 'node:worker_threads'
import { withinFolder } from '../base-dir.ts'
import { startLending, takeBack } from '../lent.ts'
import { endNative, shareNativeWork } from '../native-work.ts'
import { pack, packError, unpack } from './carry.ts'
import { createContext } from './context.ts'
import type { FromWorker, OpenRequest, ToWorker } from './messages.ts'
import { type LocalTask, openTask } from './open-task.ts'

if (!parentPort) throw new Error('worker.ts runs as a worker thread of runtime/pool.ts.')
const port = parentPort

startLending()
shareNativeWork(workerData as Int32Array)

const tasks = new Map<string, Promise<LocalTask>>()
const running = new Map<number, AbortController>()

const say = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      void open(message)
      break
    case 'close':
      void close(message.key)
      break
    case 'call':
      void call(message)
      break
    case 'cancel':
      running.get(message.job)?.abort()
      break
    case 'end':
      void endNative().then(() => process.exit())
  }
})

async function open({ key, task, model, options, placement }: OpenRequest): Promise<void> {
  const opening = openTask(task, model, options, placement)
  tasks.set(key, opening)
  try {
    const { byteLength } = await opening
    say({ type: 'opened', key, byteLength })
  } catch (error) {
    tasks.delete(key)
    say({ type: 'open-failed', key, error: packError(error) })
  }
}

async function close(key: string): Promise<void> {
  const closing = tasks.get(key)
  tasks.delete(key)
  try {
    await (await closing)?.dispose()
  } finally {
    say({ type: 'closed', key })
  }
}

async function tell(job: number, fraction: number, note: string | null, partial: unknown): Promise<void> {
  const { value, transfer } = await pack(partial)
  say({ type: 'progress', job, fraction, note, partial: value }, transfer)
}

async function call({ job, key, args, folder }: ToWorker & { type: 'call' }): Promise<void> {
  const cancel = new AbortController()
  running.set(job, cancel)
  // Pictures take a moment to pack: reports wait for each other, and the answer for them.
  let told: Promise<void> = Promise.resolve()
  try {
    const task = await tasks.get(key)
    if (!task) throw new Error(`No task is open under ${key}.`)
    const context = createContext(
      cancel.signal,
      (fraction, note, partial) => {
        told = told.then(() => tell(job, fraction, note ?? null, partial))
        told.catch(() => {}) // it fails the call below
      },
      () => (running.size > 1 ? task.helpers : 0),
    )
    const answer = await withinFolder(folder, () => task.run(unpack(args) as readonly unknown[], context))
    await told
    const { value, transfer } = await pack(answer)
    say({ type: 'answer', job, value, timings: context.timings }, transfer)
  } catch (error) {
    say({ type: 'failed', job, error: packError(error) })
  } finally {
    running.delete(job)
    if (running.size === 0) takeBack()
  }
}
