/** The one way in: a task and a model make a function that runs elsewhere and answers here. */

import { expected, SpaceError } from '#core/errors.ts'
import { nearest } from '#core/space.ts'
import type { TaskCall } from './answers.ts'
import { modelFolder, shownName } from './model-folder.ts'
import { checkOptions, type PlacementOptions, readPlacement } from './placement.ts'
import { splitCall } from './runtime/open-task.ts'
import { acquire, type Lease } from './runtime/pool.ts'
import { DTYPES, type Dtype, type Timings } from './task.ts'
import { isTaskName, TASKS, type TaskName } from './tasks.ts'

export interface PipelineOptions extends PlacementOptions {
  /** Which of a model's files to take, for all graphs or for each by name. Default: full precision where it is there. */
  dtype?: Dtype | Readonly<Record<string, Dtype>>
  /** Branch, tag or commit of a model on the Hub. */
  revision?: string
  /** For private and gated models on the Hub. */
  token?: string
  /** Never unloads the model, however long nobody calls. Default false. */
  pin?: boolean
  /** Ends the loading. */
  signal?: AbortSignal
  /** Called while files are fetched. @param fraction - 0..1 of all bytes known of so far. */
  onProgress?: (fraction: number, note: string) => void
}

/** What every open model has. */
export interface Callable {
  /** Milliseconds that the last finished call took, step by step; null before the first. */
  readonly timings: Timings | null
  /** Unloads the model, unless another pipeline uses it. */
  dispose(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A pipeline: call it; dispose of it when it is no longer needed. */
export type Pipeline<T extends TaskName = TaskName> = TaskCall<T> & Callable & { readonly task: T }

/**
 * Opens a model for a task. `model` is a folder (relative to the space's file) or the id of a repository on the Hub.
 * The same task, model and options are loaded once, however many pipelines ask.
 *
 * @example
 * const classify = await pipeline('image-classification', './model')
 * const [{ label, score }] = await classify('photo.jpg', { top_k: 1 })
 *
 * @throws SpaceError `task-unsupported`, `invalid-value`, `model-missing`, `model-file-missing`, `model-broken`, and what fetching throws
 */
export async function pipeline<T extends TaskName>(
  task: T,
  model: string,
  options: PipelineOptions = {},
): Promise<Pipeline<T>> {
  if (!isTaskName(task)) throw unsupported(task)
  if (typeof model !== 'string')
    throw expected('model', 'a model folder’s path, or the id of a repository on the Hub', model)
  checkOptions(options)
  checkDtype(options.dtype)
  const { pin = false, signal, revision, token, onProgress, workers: _, providers: __, ...rest } = options
  const { workers, providers } = readPlacement(options)
  const folder = await modelFolder(model, { ...options, task })
  signal?.throwIfAborted()
  const lease = await acquire({ task, model: { id: shownName(model), folder }, options: rest, workers, providers, pin })
  return Object.assign(createCallable(task, lease, TASKS[task].spreads), { task }) as unknown as Pipeline<T>
}

function unsupported(task: unknown): SpaceError {
  const known = Object.keys(TASKS)
  const name = String(task)
  const hint = nearest(name, known)
  return new SpaceError('task-unsupported', { task: name, known, ...(hint ? { hint } : {}) })
}

function checkDtype(dtype: PipelineOptions['dtype']): void {
  const chosen = typeof dtype === 'object' ? Object.values(dtype) : dtype === undefined ? [] : [dtype]
  const wrong = chosen.find((name) => !DTYPES.includes(name))
  if (wrong !== undefined) throw expected('dtype', `one of ${DTYPES.join(', ')}`, wrong)
}

/** Calls of one list that are under way at once; the others are not sent yet, so that they can be given up for nothing. */
const LIST_AT_ONCE = 8

/**
 * An open model as a function, list in and list out where `spreads` says so.
 * @param finish - done to each answer on this side
 */
export function createCallable(
  name: string,
  lease: Lease,
  spreads: boolean,
  finish: (answer: unknown) => unknown = (answer) => answer,
): Callable {
  let timings: Timings | null = null
  let disposed = false

  const call = async (...given: readonly unknown[]) => {
    if (disposed) throw new SpaceError('pipeline-disposed', { task: name })
    const { args, signal, onProgress } = splitCall(given)
    const once = async (own: readonly unknown[], report?: (fraction: number, note?: string) => void) => {
      const answer = await lease.call(own, { ...(signal ? { signal } : {}), ...(report ? { onProgress: report } : {}) })
      timings = answer.timings
      return finish(answer.value)
    }
    const [first, ...rest] = args
    if (!(spreads && Array.isArray(first))) return once(args, onProgress)
    let done = 0
    return mapSome(first, LIST_AT_ONCE, async (input) => {
      const answer = await once([input, ...rest])
      onProgress?.(++done / first.length)
      return answer
    })
  }

  const dispose = async () => {
    if (disposed) return
    disposed = true
    await lease.release()
  }
  const made = Object.assign(call, { dispose, [Symbol.asyncDispose]: dispose })
  return Object.defineProperty(made, 'timings', { get: () => timings, enumerable: true }) as unknown as Callable
}

/** Answers in the order of the inputs. The first failure ends it: what has not begun never does. */
async function mapSome<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  let failed = false
  const walk = async () => {
    while (next < items.length && !failed) {
      const index = next++
      try {
        results[index] = await work(items[index] as T)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, walk))
  return results
}
