/** What somebody may say of the files they want. */

import type { CachedRepo } from './cache.ts'
import type { Transfer } from './download.ts'
import type { HubEnvironment } from './environment.ts'
import type { Selection } from './wanted.ts'

export interface ResolveOptions extends Selection {
  /** Branch, tag, `refs/pr/3` or commit; `main` where it is left out. */
  readonly revision?: string | undefined
  /** For private and gated models; else `HF_TOKEN` or the token file counts. */
  readonly token?: string | undefined
  /** What the model is to run on: a repository may advise other weights for `webgpu` than for `cpu`. Default `cpu`. */
  readonly device?: string | undefined
  /** Folder of the cache, laid out as Python's. Default: what `HF_HUB_CACHE` or `HF_HOME` says. */
  readonly cacheFolder?: string | undefined
  /** `false` uses the cache alone, as `HF_HUB_OFFLINE=1` does. */
  readonly online?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Called once for each file that has to be fetched, so that the total is known, and then as bytes arrive. */
  readonly onProgress?: ((transfer: Transfer) => void) | undefined
}

/** What somebody wants of a repository. */
export interface Wish {
  readonly repo: CachedRepo
  readonly environment: HubEnvironment
  readonly options: ResolveOptions
  readonly revision: string
}
