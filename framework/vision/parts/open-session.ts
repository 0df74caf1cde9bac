/** One graph of a model in a worker, called with tensors. */

import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import { graphOptions, modelFolder, shownName } from '../model-folder.ts'
import { type OpenOptions, readOpenOptions } from '../open-options.ts'
import { readPlacement } from '../placement.ts'
import { splitCall } from '../runtime/call-options.ts'
import { acquire, type Lease } from '../runtime/pool.ts'
import type { Outputs, Session, Timings } from '../task.ts'
import type { SessionFacts } from '../tasks/session.ts'

export type SessionOptions = OpenOptions

/** A graph that runs in a worker: `run` never holds up the thread that calls it. */
export interface OpenedSession extends Session, AsyncDisposable {
  /** Milliseconds that the last run took, step by step; null before the first. */
  readonly timings: Timings | null
  /** Unloads the graph, unless somebody else has it open. */
  dispose(): Promise<void>
}

/**
 * Opens one graph of a model, like `AutoModel` without its processing. `model` is a folder (relative to the space's
 * file), an ONNX file, or the id of a repository on the Hub, of which this graph alone is fetched.
 *
 * @param options - `graph`: its name without dtype and ending, `model` where it is left out; `vision_encoder`, or in
 *   diffusers' layout the folder, `unet`
 * @example
 * await using session = await openSession('./model')
 * const { logits } = await session.run({ pixel_values: tensor('float32', values, [1, 3, 224, 224]) })
 *
 * @throws SpaceError `model-missing`, `model-file-missing`, `model-broken`, `invalid-value`, and what fetching throws
 */
export async function openSession(model: string, given?: SessionOptions & { graph?: string }): Promise<OpenedSession> {
  const options = readOpenOptions('openSession', given, ['graph'])
  if (typeof model === 'string' && model.endsWith('.onnx')) {
    const own = { ...options, dtype: 'fp32' as const, subfolder: '' }
    const path = resolveFromFolder(model)
    const id = shownName(model)
    if (!existsSync(path)) throw new SpaceError('model-missing', { model: id, reason: 'there is no such file' })
    return openGraph(dirname(path), id, basename(path, '.onnx'), own)
  }
  const { graph = options.model_file_name ?? 'model' } = options
  const folder = await modelFolder(model, options, { graphs: [graph] })
  return openGraph(folder, shownName(model), graph, options)
}

/** A graph of a folder that is here. */
export async function openGraph(
  folder: string,
  id: string,
  graph: string,
  options: SessionOptions,
): Promise<OpenedSession> {
  const { signal, pin = false } = options
  signal?.throwIfAborted()
  const own = { ...graphOptions(options), graph }
  const lease = await acquire({ task: 'session', model: { id, folder }, options: own, ...readPlacement(options), pin })
  try {
    const { value } = await lease.call([], signal ? { signal } : {})
    return await createSession(lease, id, value as SessionFacts)
  } catch (error) {
    await lease.release()
    throw error
  }
}

async function createSession(lease: Lease, id: string, facts: SessionFacts): Promise<OpenedSession> {
  const { readersOf } = await import('../runtime/onnx.ts')
  let timings: Timings | null = null
  let isOpen = true
  const dispose = async () => {
    if (!isOpen) return
    isOpen = false
    await lease.release()
  }
  return {
    ...facts,
    ...readersOf(facts.inputs, (reason) => new SpaceError('model-broken', { model: id, file: facts.file, reason })),
    get timings() {
      return timings
    },
    async run(feeds, options = {}) {
      if (!isOpen) throw new SpaceError('pipeline-disposed', { task: facts.file })
      const { signal } = splitCall([feeds, options])
      // Without feeds it would be asked for its facts.
      const answer = await lease.call([feeds ?? null], signal ? { signal } : {})
      timings = answer.timings
      return answer.value as Outputs
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}
