/** The types of a remote space, from the type of its declaration: `connect<typeof mySpace>(url)`. */

import type { Fields, Given } from '#core/field.ts'
import type { Image } from '#core/media.ts'
import type { FileRef } from '#core/schema.ts'
import type { AnySpace, Space } from '#core/space.ts'
import type { Expand } from '#core/types.ts'

/** A file on its way to a space: bytes, something that was uploaded before, or an answer of the same client. */
export type Media = Blob | FileRef

/** A file that a space answered with. It stays on the server until somebody asks for it. */
export interface RemoteFile extends FileRef {
  /** Absolute. Opens with the session of the client that it was given to. */
  readonly url: string
  /** Downloads it. Throws a `RemoteError` where it is no longer there. */
  blob(options?: { signal?: AbortSignal }): Promise<Blob>
}

/** What a value of the DSL looks like to a client that sends it. */
export type Sent<T> = T extends Image
  ? Media
  : T extends readonly (infer Item)[]
    ? readonly Sent<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Sent<T[K]> }
      : T

/** What a value of the DSL looks like to a client that receives it. */
export type Received<T> = T extends Image
  ? RemoteFile
  : T extends readonly (infer Item)[]
    ? readonly Received<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Received<T[K]> }
      : T

type IsAny<T> = 0 extends 1 & T ? true : false

/** Inputs by name. One that is left out, or undefined, holds its initial value. */
export type ClientInputs<S> =
  S extends Space<infer I extends Fields, Fields>
    ? IsAny<I> extends true
      ? Readonly<Record<string, unknown>>
      : Expand<{ readonly [K in keyof I]?: Sent<Given<I[K]>> }>
    : never

/** Outputs by name. */
export type ClientOutputs<S> =
  S extends Space<Fields, infer O extends Fields>
    ? IsAny<O> extends true
      ? // biome-ignore lint/suspicious/noExplicitAny: nothing is known of a space whose type was not given
        Readonly<Record<string, any>>
      : Expand<{ readonly [K in keyof O]: Received<Given<O[K]>> }>
    : never

export type { AnySpace }
