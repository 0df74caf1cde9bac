/** A field: one place in a space that collects or shows a value. What the compiler knows of it hangs on one symbol. */

import type { AnyComponent } from './component.ts'
import type { Expand } from './types.ts'

/** The four types that a component gives to the DSL. They exist only for the compiler. */
export interface FieldTypes {
  /** What `run()` is given for an input. */
  given: unknown
  /** What `run()` may answer for an output. */
  taken: unknown
  /** What an example says: a path for media, the value itself for everything else. */
  sample: unknown
  /** The names of its events. */
  event: string
}

declare const types: unique symbol

export interface Field<Kind extends string = string, T extends FieldTypes = FieldTypes> {
  readonly kind: Kind
  /** Complete: every option that was left out has its default. */
  readonly options: FieldOptions
  /** An empty field reaches `run()` as `null` instead of being refused. */
  readonly optional: boolean
  readonly component: AnyComponent
  /** What is wrong with the options, each *options.step: expected …*; a space reports those of all fields at once. */
  readonly problems: readonly string[]
  readonly [types]?: T
}

/** Options that every component takes. */
export interface FieldOptions {
  /** Shown above the field. Default: the field's name in words, `maxSide` as “Max side”. */
  label?: string
  /** A few words beside the label. */
  hint?: string
  /** `false` keeps the field out of the page; its initial value is used. Default true. */
  visible?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: the four types are contravariant and covariant at once; only `any` takes every field
export type AnyField = Field<string, any>
export type Fields = Readonly<Record<string, AnyField>>

/** A field whose value is of one type on the way in, on the way out and in examples. */
export interface Same<V, Event extends string> extends FieldTypes {
  given: V
  taken: V
  sample: V
  event: Event
}

type TypesOf<F> = F extends Field<string, infer T> ? T : never
export type Given<F> = TypesOf<F>['given']
export type Taken<F> = TypesOf<F>['taken']
export type Sample<F> = TypesOf<F>['sample']

/** What `run()` is given: every input by its name. */
export type InputsOf<F extends Fields> = Expand<{ -readonly [K in keyof F]: Given<F[K]> }>
/** What `run()` owes: every output by its name. */
export type OutputsOf<F extends Fields> = Expand<{ -readonly [K in keyof F]: Taken<F[K]> }>
/** What an example may say: any of the inputs by name. */
export type SampleOf<F extends Fields> = Expand<{ -readonly [K in keyof F]?: Sample<F[K]> }>
export type EventName<F extends Fields> = { [K in keyof F & string]: `${K}.${TypesOf<F[K]>['event']}` }[keyof F &
  string]

export type Optional<F> =
  F extends Field<infer Kind, infer T>
    ? Field<Kind, { given: T['given'] | null; taken: T['taken'] | null; sample: T['sample'] | null; event: T['event'] }>
    : never

/** The same field, but it may be left empty: `run()` is given `null`, and may answer `null`. */
export function optional<F extends AnyField>(field: F): Optional<F> {
  return { ...field, optional: true } as unknown as Optional<F>
}

/** The label a field gets when it names none: `maxSide` becomes “Max side”. */
export function labelOf(name: string, options: FieldOptions): string {
  if (options.label !== undefined) return options.label
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
