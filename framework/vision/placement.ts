/** Where a model runs: the options that `pipeline` and `onnx` share. */

import { expected } from '#core/errors.ts'

export interface PlacementOptions {
  /** How many workers hold the model; each has its memory, and they share the cores. Default 1. */
  workers?: number
  /**
   * Execution providers of onnxruntime in order of preference, by name; those whose library or hardware is not there are
   * passed over, and at least one must be there. Default: that of `device`.
   */
  providers?: readonly string[]
  /** What the model runs on, or else is refused, by the names of Transformers.js; `gpu` is this platform's. Default `cpu`. */
  device?: Device
}

/** What a provider cannot do runs on the CPU in any case. */
const PROVIDERS = {
  cpu: ['cpu'],
  wasm: ['cpu'],
  auto: ['cpu'],
  cuda: ['cuda'],
  webgpu: ['webgpu'],
  coreml: ['coreml'],
  dml: ['dml'],
  gpu: [{ linux: 'cuda', win32: 'dml' }[process.platform as string] ?? 'webgpu'],
} as const satisfies Record<string, readonly string[]>
export type Device = keyof typeof PROVIDERS

/** More threads than any machine has cores for. */
const MOST_WORKERS = 256

/** The options with their defaults. @throws SpaceError `invalid-value` naming the option */
export function readPlacement(given: PlacementOptions): { workers: number; providers: readonly string[] } {
  const { workers = 1, device = 'cpu' } = given
  if (!Object.hasOwn(PROVIDERS, device)) throw expected('device', `one of ${Object.keys(PROVIDERS).join(', ')}`, device)
  const { providers = PROVIDERS[device] } = given
  if (!(Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS))
    throw expected('workers', `a whole number, 1 to ${MOST_WORKERS}`, workers)
  const named = Array.isArray(providers) && providers.length > 0 && providers.every((name) => typeof name === 'string')
  if (!named) throw expected('providers', 'a list of execution providers, such as ["cpu"]', providers)
  return { workers, providers }
}

/** @throws SpaceError `invalid-value` where options are given that are no object */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw expected('options', 'an object of options', options)
}
