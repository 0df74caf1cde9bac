/** The options with which models are opened: pipelines, graphs alone, models in their parts. */

import type { InferenceSession } from 'onnxruntime-node'
import type { ModelOptions } from './model-folder.ts'
import { checkOptions, type PlacementOptions } from './placement.ts'
import { refuseStray } from './task-options.ts'

export interface OpenOptions extends ModelOptions, PlacementOptions {
  /** Never unloads the model, however long nobody calls. Default false. */
  pin?: boolean
  /** Options of onnxruntime's sessions, over those that are set here. */
  session_options?: InferenceSession.SessionOptions
}

const NAMES = {
  dtype: true,
  device: true,
  revision: true,
  token: true,
  cache_dir: true,
  local_files_only: true,
  subfolder: true,
  model_file_name: true,
  use_external_data_format: true,
  config: true,
  session_options: true,
  progress_callback: true,
  onProgress: true,
  signal: true,
  workers: true,
  providers: true,
  pin: true,
} as const satisfies { readonly [Name in keyof OpenOptions]-?: true }

/**
 * The options that were given: null says the same as leaving one out.
 * @param of - names what takes them. @param own - names of further ones
 * @throws SpaceError `invalid-value` for one that is not known, and where they are no object
 */
export function readOpenOptions<T extends OpenOptions>(
  of: string,
  given: T | undefined,
  own: readonly string[] = [],
): T {
  const options = given === undefined ? {} : given
  checkOptions(options)
  refuseStray(of, options, [...own, ...Object.keys(NAMES)])
  return Object.fromEntries(Object.entries(options).filter(([, value]) => (value ?? null) !== null)) as unknown as T
}
