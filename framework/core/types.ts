/** Small type helpers that the whole DSL shares. */

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/** Prints a mapped type as its fields, so that compiler messages show `{ a: number }` and not the helper's name. */
export type Expand<T> = { [K in keyof T]: T[K] } & {}

declare const problem: unique symbol

/** A type that no value has. A slot of this type turns a mistake into a compiler message that reads as a sentence. */
export type Problem<Message extends string> = { readonly [problem]: Message }

/** JSON as it crosses the wire. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }
