/** The one way in: a task and a model make a function that runs elsewhere and answers here. */

import { expected, SpaceError } from '#core/errors.ts'
import type { TaskCall } from './answers.ts'
import { pathFromUrl } from './base-dir.ts'
import { taskUnsupported } from './elsewhere.ts'
import { graphOptions, modelFolder, shownName } from './model-folder.ts'
import { type OpenOptions, readOpenOptions } from './open-options.ts'
import { readPlacement } from './placement.ts'
import { orAborted } from './runtime/aborted.ts'
import { checkListeners, splitCall } from './runtime/call-options.ts'
import { acquire, type Lease } from './runtime/pool.ts'
import type { OnProgress, Timings } from './task.ts'
import { checkCall } from './task-options.ts'
import { isTaskName, TASKS, type TaskName } from './tasks.ts'
import { USUAL_MODELS } from './usual-models.ts'

export type PipelineOptions = OpenOptions

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
 * Opens a model for a task. `model` is a folder (relative to the space's file, or as a `file:` URL) or the id of a
 * repository on the Hub; left out, it is the one that Transformers.js takes for the task. The same task, model and options are loaded once, however many pipelines ask.
 *
 * @example
 * const classify = await pipeline('image-classification', './model')
 * const [{ label, score }] = await classify('photo.jpg', { top_k: 1 })
 *
 * @throws SpaceError `task-unsupported`, `model-unsupported`, `invalid-value`, `model-missing`, `model-file-missing`, `model-broken`, and what fetching throws
 */
export async function pipeline<T extends TaskName>(
  task: T,
  model?: string | URL | null,
  given?: PipelineOptions,
): Promise<Pipeline<T>> {
  if (!isTaskName(task)) throw taskUnsupported(String(task), Object.keys(TASKS))
  const name = pathFromUrl(model ?? USUAL_MODELS[task]) as string
  const options = readOpenOptions('pipeline', given)
  checkLoading(options)
  const { pin = false, signal, progress_callback } = options
  const { workers, providers } = readPlacement(options)
  const folder = await modelFolder(name, options, { task })
  const own = graphOptions(options)
  const lease = await unlessAborted(
    () => acquire({ task, model: { id: shownName(name), folder }, options: own, workers, providers, pin }),
    signal,
  )
  progress_callback?.({ status: 'ready', task, model: name })
  const rules = { spreads: TASKS[task].spreads, check: (args: readonly unknown[]) => checkCall(task, args) }
  return Object.assign(createCallable(task, lease, rules), { task }) as unknown as Pipeline<T>
}

function checkLoading({ pin, revision, token, signal, onProgress }: PipelineOptions): void {
  if (pin !== undefined && typeof pin !== 'boolean') throw expected('pin', 'true or false', pin)
  for (const [name, value] of Object.entries({ revision, token }))
    if (value !== undefined && typeof value !== 'string') throw expected(name, 'text', value)
  checkListeners({ signal, onProgress })
}

/** A model that nobody waits for any more is let go as soon as it is there. */
async function unlessAborted(open: () => Promise<Lease>, signal: AbortSignal | undefined): Promise<Lease> {
  signal?.throwIfAborted()
  const opening = open()
  try {
    return await orAborted(opening, signal)
  } catch (error) {
    opening.then(
      (lease) => lease.release(),
      () => {},
    )
    throw error
  }
}

interface CallRules {
  /** Says of a list as first argument that it is many inputs, which give many answers. */
  spreads(first: readonly unknown[]): boolean
  /** Throws where the arguments cannot be meant. */
  check?(args: readonly unknown[]): void
  /** What is sent for the arguments of one input. Default: those. */
  arrange?(args: readonly unknown[]): readonly unknown[]
  /** Done to each answer on this side. */
  finish?(answer: unknown): unknown
}

/** An open model as a function. */
export function createCallable(name: string, lease: Lease, { spreads, check, arrange, finish }: CallRules): Callable {
  let timings: Timings | null = null
  let disposing: Promise<void> | null = null
  /** A list is one call: it is answered whole even where it is disposed of meanwhile. */
  const underWay = new Set<Promise<unknown>>()

  const answerTo = async (given: readonly unknown[]) => {
    if (disposing) throw new SpaceError('pipeline-disposed', { task: name })
    const { args, signal, onProgress } = splitCall(given)
    check?.(args)
    const once = async (own: readonly unknown[], report?: OnProgress, follows = false) => {
      const options = { ...(signal ? { signal } : {}), ...(report ? { onProgress: report } : {}), follows }
      const answer = await lease.call(arrange ? arrange(own) : own, options)
      timings = answer.timings
      return finish ? finish(answer.value) : answer.value
    }
    const [first, ...rest] = args
    if (!(Array.isArray(first) && spreads(first))) return toItsEnd((report) => once(args, report), onProgress)
    let done = 0
    // No more than can be under way: the others are not sent yet, so that they can be given up for nothing.
    return mapSome(first, lease.atOnce, async (input, index) => {
      // A list is let in or refused as a whole.
      const answer = await once([input, ...rest], undefined, index > 0)
      onProgress?.(++done / first.length)
      return answer
    })
  }

  const call = (...given: readonly unknown[]) => {
    const answering = answerTo(given)
    const ended = () => underWay.delete(answering)
    underWay.add(answering)
    answering.then(ended, ended)
    return answering
  }
  const dispose = () => {
    disposing ??= Promise.allSettled(underWay).then(lease.release)
    return disposing
  }
  const made = Object.assign(call, { dispose, [Symbol.asyncDispose]: dispose })
  return Object.defineProperty(made, 'timings', { get: () => timings, enumerable: true }) as unknown as Callable
}

/** Most tasks report nothing on the way; the end is told by all. */
async function toItsEnd<T>(work: (report?: OnProgress) => Promise<T>, onProgress: OnProgress | undefined): Promise<T> {
  if (!onProgress) return work()
  let reached = 0
  const answer = await work((fraction, note, partial) => {
    reached = fraction
    onProgress(fraction, note, partial)
  })
  if (reached < 1) onProgress(1)
  return answer
}

/** Answers in the order of the inputs. The first failure ends it: what has not begun never does. */
async function mapSome<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  let failed = false
  const walk = async () => {
    while (next < items.length && !failed) {
      const index = next++
      try {
        results[index] = await work(items[index] as T, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, walk))
  return results
}
