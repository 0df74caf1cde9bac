/** What the browser is told of a space. It never gets the space itself, so no author code and no server code can reach it. */

import type { Frame } from './component.ts'
import type { FieldOptions } from './field.ts'
import type { FileRef } from './schema.ts'
import type { JsonValue } from './types.ts'

export type Wires = Readonly<Record<string, JsonValue | FileRef | readonly FileRef[] | null>>

export interface FieldManifest {
  readonly name: string
  readonly kind: string
  readonly label: string
  readonly frame: Frame
  readonly optional: boolean
  /** Complete, with defaults. */
  readonly options: FieldOptions & Readonly<Record<string, unknown>>
  /** What the field holds before anybody touched it, and after “Clear”. */
  readonly initial: unknown
  /** Media types of the file that the value is, e.g. `image/*`; absent where the value is no file. */
  readonly accept?: string
}

export interface TaskManifest {
  /** `predict` for a plain space. */
  readonly name: string
  readonly action: string
  readonly live: boolean
  readonly streaming: boolean
}

export interface ExampleManifest {
  /** Wire values of the inputs that the row names. */
  readonly inputs: Wires
}

export interface SpaceManifest {
  /** Path of the space under the server's root, without slashes; empty when it is the only one. */
  readonly slug: string
  readonly title: string
  /** HTML, made from the author's Markdown and sanitised. */
  readonly summary: string
  readonly article: string
  readonly inputs: readonly FieldManifest[]
  readonly outputs: readonly FieldManifest[]
  readonly task: TaskManifest
  readonly examples: readonly ExampleManifest[]
  readonly maxBytes: number
  /** Changes whenever the space does; a page that holds another one asks for the new manifest. */
  readonly revision: string
}

export interface GalleryManifest {
  readonly title: string
  readonly spaces: readonly GalleryCard[]
}

export interface GalleryCard {
  readonly slug: string
  readonly title: string
  /** Plain text. */
  readonly summary: string
  /** A picture out of its examples, where it has one. */
  readonly cover: FileRef | null
  /** e.g. `Image → Label`. */
  readonly note: string
  /** What the author files it under, for the filter chips. */
  readonly tags: readonly string[]
  /** Why it cannot be opened, where it does not load. */
  readonly problem: string | null
}

/**
 * What the bundle for browsers consists of: `manifest.json` beside its files. Names of files in the same folder; imports
 * are those that come with the first load.
 */
export interface ClientManifest {
  readonly entry: string
  readonly entryImports: readonly string[]
  readonly galleryEntry: string | null
  readonly galleryImports: readonly string[]
  readonly baseStyle: string
  readonly views: Readonly<Record<string, { script: string; imports: readonly string[]; style: string | null }>>
}
