/** A space as the command line hands it to the server: the declaration, and where it came from. */

import type { SpaceError } from './errors.ts'
import type { AnySpace } from './space.ts'

export interface LoadedSpace {
  /** Its path under the server's root; empty when it is served alone at `/`. */
  readonly slug: string
  /** Absolute path of the space file. */
  readonly file: string
  /** Absolute path of its folder: examples and models are named relative to it. */
  readonly dir: string
  /** Null where the file does not load. */
  readonly space: AnySpace | null
  readonly problem: SpaceError | null
  /** Changes when `setup`, or anything it refers to, does. While it stays, what `setup` gave is kept across edits. */
  readonly setupKey: string
  /** Changes with every edit. */
  readonly revision: string
}
