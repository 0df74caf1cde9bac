/** Opens a task on a model, in this thread. The worker does so for callers elsewhere; tests do it directly. */

import { checkSupported } from '../elsewhere.ts'
import type { OpenTask, TaskOptions } from '../task.ts'
import { checkCall } from '../task-options.ts'
import { TASKS, type TaskFile, type TaskName } from '../tasks.ts'
import { splitCall } from './call-options.ts'
import { type CallContext, createContext } from './context.ts'
import { type GraphOptions, openModel } from './model.ts'
import type { SessionOptions } from './onnx.ts'
import { TASK_MODULES } from './task-modules.ts'

/** Where and how a model runs. */
export interface Placement {
  readonly threads: number
  readonly providers: readonly string[]
  readonly shareWeights: boolean
  /** Cores beside its thread's on which pictures may be decoded for it. */
  readonly helpers: number
}

/** What of a pipeline's options says how its graphs are opened. */
interface OpenOptions extends GraphOptions {
  readonly session_options?: SessionOptions['native']
}

export interface LocalTask {
  /** Bytes of the files that are open. */
  readonly byteLength: number
  readonly helpers: number
  /** One input; see `OpenTask.run`. */
  run(args: readonly unknown[], context: CallContext): Promise<unknown>
  dispose(): Promise<void>
}

export async function openTask(
  task: TaskFile,
  model: { id: string; folder: string },
  options: TaskOptions,
  placement: Placement,
): Promise<LocalTask> {
  const { default: definition } = await TASK_MODULES[task]()
  const { dtype, subfolder, model_file_name, config, session_options } = options as OpenOptions
  const own = { dtype, subfolder, model_file_name, config, native: session_options }
  const files = await openModel(model.id, model.folder, { ...placement, ...own })
  let open: OpenTask
  try {
    checkSupported(model.id, files.config, task)
    open = await definition.open(files, options)
  } catch (error) {
    await files.dispose()
    throw error
  }
  return {
    helpers: placement.helpers,
    byteLength: await files.byteLength(),
    run: (args, context) => open.run(args, context),
    async dispose() {
      await open.dispose?.()
      await files.dispose()
    },
  }
}

/** A task in this thread, called as a pipeline is. For tests and tools: it blocks while a graph runs. */
export interface InProcessTask {
  (...args: readonly unknown[]): Promise<unknown>
  readonly timings: CallContext['timings'] | null
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens a task on a model folder without a worker. `onProgress` and `signal` are taken from a last argument that is an
 * options object, as `pipeline` does.
 */
export async function openTaskInProcess(
  task: TaskName,
  folder: string,
  options: TaskOptions = {},
): Promise<InProcessTask> {
  const open = await openTask(task, { id: folder, folder }, options, {
    threads: 1,
    providers: ['cpu'],
    shareWeights: false,
    helpers: 0,
  })
  let timings: CallContext['timings'] | null = null
  const once = (args: readonly unknown[]) => {
    const { args: own, signal, onProgress } = splitCall(args)
    const context = createContext(signal ?? new AbortController().signal, onProgress ?? (() => {}))
    timings = context.timings
    return open.run(own, context)
  }
  const call = async (...args: readonly unknown[]) => {
    checkCall(task, args)
    const [first, ...rest] = args
    if (!(Array.isArray(first) && TASKS[task].spreads(first))) return once(args)
    const answers: unknown[] = []
    for (const input of first) answers.push(await once([input, ...rest]))
    return answers
  }
  return Object.defineProperty(Object.assign(call, { [Symbol.asyncDispose]: () => open.dispose() }), 'timings', {
    get: () => timings,
  }) as unknown as InProcessTask
}
