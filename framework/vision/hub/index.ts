/** Model files: from a local folder, the cache that is shared with Python, or the Hub. */

export { DTYPE_SUFFIX, type DtypeChoice, type ExternalDataFormat } from './advice.ts'
export { type Bar, type BarOutput, createBar } from './bar.ts'
export type { Transfer } from './download.ts'
export { type HubEnvironment, readEnvironment, readToken } from './environment.ts'
export { type ModelFile, type ModelInfo, modelInfo } from './info.ts'
export {
  type CachedModel,
  type CachedRevision,
  fetchModel,
  listModels,
  pruneModel,
  type RemoveOptions,
  removeModel,
} from './manage.ts'
export type { ResolveOptions } from './options.ts'
export { type Pushed, type PushOptions, pushToHub } from './push.ts'
export { type ResolvedModel, resolveModel } from './resolve.ts'
export { type Missing, type Selection, type Wanted, wantedFiles } from './wanted.ts'
