/** A model in its parts, for those who put a task together themselves. */

import { graphOptions, modelFolder, shownName } from '../model-folder.ts'
import { readOpenOptions } from '../open-options.ts'
import { readPlacement } from '../placement.ts'
import type { Medium } from '../processors/config.ts'
import type { Model } from '../task.ts'
import { createLoadedProcessor, type LoadedImageProcessor } from './image-processor.ts'
import { type OpenedSession, openGraph, type SessionOptions } from './open-session.ts'

export interface OpenModelOptions extends SessionOptions {
  /** Names of the graphs to fetch from the Hub, without dtype and ending. Default: those that a pipeline would take. */
  graphs?: readonly string[]
}

/**
 * A model whose graphs and image processor run in workers. It is what the modules of the tasks are written against, so
 * that everything of `spaces/vision` that takes a `Model` or a `Session` takes these.
 */
export interface OpenedModel extends Model, AsyncDisposable {
  /** Opened once, then kept until the model is disposed of. */
  session(graph?: string): Promise<OpenedSession>
  processor(medium?: Medium): Promise<LoadedImageProcessor>
  /** Unloads what was opened of it. */
  dispose(): Promise<void>
}

/**
 * Opens a model without a task: its configuration, labels, image processor and graphs. `model` is a folder (relative to
 * the space's file) or the id of a repository on the Hub.
 *
 * @example
 * await using model = await openModel('./detector')
 * const [processor, session] = await Promise.all([model.processor(), model.session()])
 * const { pixel_values } = await processor('street.jpg')
 * const { logits, pred_boxes } = await session.run({ pixel_values })
 *
 * @throws SpaceError `model-missing`, `model-broken`, `invalid-value`, and what fetching throws; the parts throw when
 *   they are asked for: `model-file-missing`, `model-broken`
 */
export async function openModel(model: string, given?: OpenModelOptions): Promise<OpenedModel> {
  const options = readOpenOptions('openModel', given, ['graphs'])
  const { graphs, ...common } = options
  const folder = await modelFolder(model, common, { graphs })
  const id = shownName(model)
  const files = await (await import('../runtime/model.ts')).openModel(id, folder, {
    ...graphOptions(options),
    providers: readPlacement(options).providers,
  })
  const sessions = new Map<string, Promise<OpenedSession>>()
  const processors = new Map<Medium, Promise<LoadedImageProcessor>>()
  const dispose = async () => {
    const open = await Promise.allSettled([...sessions.values(), ...processors.values()])
    sessions.clear()
    processors.clear()
    await Promise.all(open.map((part) => (part.status === 'fulfilled' ? part.value.dispose() : undefined)))
  }
  return {
    ...files,
    session(graph = 'model') {
      const session = sessions.get(graph) ?? openGraph(folder, id, graph, common)
      sessions.set(graph, session)
      session.catch(() => sessions.delete(graph))
      return session
    },
    processor(medium = 'image') {
      const opened =
        processors.get(medium) ??
        files.processor(medium).then((own) => createLoadedProcessor(own, { id, folder, medium }))
      processors.set(medium, opened)
      return opened
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}
