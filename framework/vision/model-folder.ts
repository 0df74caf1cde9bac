/** From what an author names a model by to the folder with its files. */

import { basename, isAbsolute } from 'node:path'
import { expected } from '#core/errors.ts'
import { isRecord } from './arguments.ts'
import { resolveFromFolder, tellFetching } from './base-dir.ts'
import type { Transfer } from './hub/download.ts'
import type { Selection } from './hub/wanted.ts'
import { type PlacementOptions, readPlacement } from './placement.ts'
import { createProgressEvents, type ProgressEvent } from './progress-events.ts'
import { DTYPES, type Dtype, type Json } from './task.ts'

/**
 * Where the files of a model come from, and which of them are opened. Names are those of Transformers.js, where it has
 * them. A folder is taken as it is; of a repository only the wanted files are fetched.
 */
export interface ModelOptions {
  /**
   * Which of a model's files to take, for all graphs or for each by name: `{ encoder_model: 'fp32', decoder_model_merged:
   * 'q4' }`. Default, and `auto`: what the repository advises in its `config.json`, else the most exact it has.
   */
  dtype?: Dtype | 'auto' | Readonly<Record<string, Dtype | 'auto'>>
  /** Branch, tag, `refs/pr/3` or commit of a model on the Hub. Default `main`. */
  revision?: string
  /** For private and gated models on the Hub. Default: `HF_TOKEN`, or what Python's login has written. */
  token?: string
  /** Folder of the cache, laid out as Python's. Default: what `HF_HUB_CACHE` or `HF_HOME` says. */
  cache_dir?: string
  /** Takes what the cache has and asks nobody, as `HF_HUB_OFFLINE=1` does. Default false. */
  local_files_only?: boolean
  /** Folder with the graphs inside the model, `''` for its root. Default: wherever they are, `onnx` as a rule. */
  subfolder?: string
  /** The graph that is taken for `model.onnx`, without dtype and ending. */
  model_file_name?: string
  /** What counts in place of the model's `config.json`. */
  config?: Json
  /** In how many files beside a graph its weights lie, where they do; refused where one is not there. Default: as many as there are. */
  use_external_data_format?: boolean | number | Readonly<Record<string, boolean | number>>
  /** Ends the loading. */
  signal?: AbortSignal
  /** Called while files are fetched. @param fraction - 0..1 of all bytes known of so far. */
  onProgress?: (fraction: number, note: string) => void
  /** The same as events, as Transformers.js sends them. */
  progress_callback?: (event: ProgressEvent) => void
}

/** What messages call a model: visitors may see them, so that an absolute path is cut to its last part. */
export const shownName = (model: string): string => (isAbsolute(model) ? basename(model) : model)

/** What of the options counts once the files are there: it tells one open model from another. */
export function graphOptions(options: ModelOptions & { readonly session_options?: unknown }) {
  const { dtype, subfolder, model_file_name, config, session_options } = options
  return { dtype, subfolder, model_file_name, config, session_options }
}

/**
 * @param model - a folder, or the id of a repository on the Hub, whose files are fetched where they are missing
 * @param selection - what for
 */
export async function modelFolder(
  model: string,
  options: ModelOptions & PlacementOptions,
  selection: Pick<Selection, 'task' | 'graphs'> = {},
): Promise<string> {
  if (typeof model !== 'string')
    throw expected('model', 'a model folder’s path, or the id of a repository on the Hub', model)
  checkSources(options)
  if (/^(\.{1,2}[/\\]|[/\\]|[A-Za-z]:[/\\])/.test(model)) return resolveFromFolder(model)
  const { resolveModel } = await import('./hub/index.ts')
  const { dtype, revision, token, signal, subfolder } = options
  const resolved = await resolveModel(model, {
    ...selection,
    dtype,
    revision,
    token,
    signal,
    device: readPlacement(options).providers[0],
    subfolder,
    modelFile: options.model_file_name,
    externalData: options.use_external_data_format,
    cacheFolder: options.cache_dir,
    ...(options.local_files_only === true ? { online: false } : {}),
    onProgress: createListener(model, options),
  })
  return resolved.folder
}

/** Tells the caller and whoever else waits how far the files are. */
function createListener(model: string, { onProgress, progress_callback }: ModelOptions): (transfer: Transfer) => void {
  const files = new Map<string, Transfer>()
  const sum = (pick: 'receivedBytes' | 'totalBytes') => [...files.values()].reduce((all, file) => all + file[pick], 0)
  const send = progress_callback && createProgressEvents(model, progress_callback)
  return (transfer) => {
    files.set(transfer.file, transfer)
    const [receivedBytes, totalBytes] = [sum('receivedBytes'), sum('totalBytes')]
    tellFetching({ model, receivedBytes, totalBytes })
    onProgress?.(receivedBytes / Math.max(1, totalBytes), transfer.file)
    send?.(transfer)
  }
}

const TEXTS = ['revision', 'token', 'cache_dir', 'subfolder', 'model_file_name'] as const

/** @throws SpaceError `invalid-value` naming the option */
function checkSources(options: ModelOptions): void {
  checkDtype(options.dtype)
  for (const name of TEXTS) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'string') throw expected(name, 'text', value)
  }
  const { local_files_only, progress_callback, config } = options
  if (config !== undefined && !isRecord(config)) throw expected('config', 'an object as config.json holds', config)
  if (local_files_only !== undefined && typeof local_files_only !== 'boolean')
    throw expected('local_files_only', 'true or false', local_files_only)
  if (progress_callback !== undefined && typeof progress_callback !== 'function')
    throw expected('progress_callback', 'a function', progress_callback)
}

function checkDtype(dtype: ModelOptions['dtype']): void {
  const chosen = typeof dtype === 'object' ? Object.values(dtype) : dtype === undefined ? [] : [dtype]
  const known = ['auto', ...DTYPES]
  const wrong = chosen.find((name) => !known.includes(name))
  if (wrong !== undefined) throw expected('dtype', `one of ${known.join(', ')}`, wrong)
}
