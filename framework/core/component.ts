/**
 * The contract of a component. A component is a folder under `components/`: `definition.ts` made by `defineComponent`
 * and seen by all, `server.ts` made by `defineCodec` and seen by the server alone, `view.tsx` and `style.css` for the
 * browser. Without a codec the wire form is the value.
 */

import { show } from './errors.ts'
import type { Field, FieldOptions, FieldTypes } from './field.ts'
import { nearest } from './nearest.ts'
import type { FileRef, Schema } from './schema.ts'
import type { Awaitable } from './types.ts'

/** A component whose factory has another, narrower signature: `Dropdown` keeps its choices as literals. */
export type Refine<C extends AnyComponent, Factory> = Factory & Pick<C, keyof C>

declare const carried: unique symbol

/** Carries a type to `defineComponent` without a value of it. */
export interface Type<T> {
  readonly [carried]?: T
}
export const type = <T>(): Type<T> => ({})

/**
 * How the page frames the view: `label` ties a `<label>` to one control of id `id`; `group` names a group of controls;
 * `own` leaves naming to the view, as a checkbox does whose label stands behind it.
 */
export type Frame = 'label' | 'group' | 'own'

/** Tells `normalize` where it is wrong; see {@link defineComponent}. */
export type Report = (option: string, expected: string, got: unknown) => unknown

export interface Component<Kind extends string, Options extends FieldOptions, Full, Wire, T extends FieldTypes> {
  // biome-ignore lint/complexity/noBannedTypes: `{}` asks whether every option may be left out
  (...options: {} extends Options ? [options?: Options] : [options: Options]): Field<Kind, T>
  readonly kind: Kind
  readonly events: readonly T['event'][]
  readonly frame: Frame
  readonly optionNames: readonly string[]
  /** What may cross the wire for these options. */
  wire(options: Full): Schema<Wire>
  /** What an untouched field holds. */
  initial(options: Full): Wire | null
  normalize(options: Options, report: Report): Full
  readonly full?: Full
}

// biome-ignore lint/suspicious/noExplicitAny: as for AnyField
export type AnyComponent = Component<string, any, any, any, any>

const COMMON_OPTIONS = ['label', 'hint', 'visible'] as const

/**
 * Declares a component. The result is its factory: `Slider({ min: 0, max: 1 })` gives a field.
 * `normalize` fills in defaults and calls `report('step', 'a number above 0', step)` for each option that is wrong;
 * the space that uses the field throws all such reports together. Options that are not in `optionNames` are reported too.
 */
export function defineComponent<
  const Kind extends string,
  Options extends FieldOptions,
  Full extends FieldOptions,
  Wire,
  const Event extends string,
  Given = Wire,
  Taken = Given,
  Sample = Wire,
>(definition: {
  kind: Kind
  events: readonly Event[]
  frame?: Frame
  /** The names of its own options, those of {@link FieldOptions} aside. */
  optionNames: readonly string[]
  wire: (options: Full) => Schema<Wire>
  initial?: (options: Full) => Wire | null
  given?: Type<Given>
  taken?: Type<Taken>
  sample?: Type<Sample>
  normalize: (options: Options, report: Report) => Full
}): Component<Kind, Options, Full, Wire, { given: Given; taken: Taken; sample: Sample; event: Event }> {
  const { kind, events, normalize, wire } = definition
  const known = new Set<string>([...COMMON_OPTIONS, ...definition.optionNames])

  const factory = (options: Options = {} as Options) => {
    const problems: string[] = []
    const report: Report = (option, what, got) =>
      problems.push(`options.${option}: expected ${what}, got ${show(got)}.`)
    for (const name of Object.keys(options)) {
      if (known.has(name)) continue
      const hint = nearest(name, [...known])
      problems.push(`options: expected some of ${[...known].join(', ')}, got “${name}”.${hint ? ` ${hint}` : ''}`)
    }
    checkCommon(options, report)
    return { kind, options: normalize(options, report), optional: false, component, problems }
  }

  const component = Object.assign(factory, {
    kind,
    events,
    frame: definition.frame ?? 'label',
    optionNames: [...known],
    wire,
    initial: definition.initial ?? (() => null),
    normalize,
  }) as unknown as Component<Kind, Options, Full, Wire, { given: Given; taken: Taken; sample: Sample; event: Event }>
  return component
}

function checkCommon({ label, hint, visible }: FieldOptions, report: Report): void {
  if (label !== undefined && typeof label !== 'string') report('label', 'text', label)
  if (hint !== undefined && typeof hint !== 'string') report('hint', 'text', hint)
  if (visible !== undefined && typeof visible !== 'boolean') report('visible', 'true or false', visible)
}

// biome-ignore lint/suspicious/noExplicitAny: reads one type out of a component of any other types
export type WireOf<C> = C extends Component<string, any, any, infer Wire, any> ? Wire : never
// biome-ignore lint/suspicious/noExplicitAny: as above
export type FullOf<C> = C extends Component<string, any, infer Full, any, any> ? Full : never
// biome-ignore lint/suspicious/noExplicitAny: as above
type TypesIn<C> = C extends Component<string, any, any, any, infer T> ? T : never

/** A file that the server keeps, on its own disk. */
export interface StoredFile {
  readonly path: string
  /** What the bytes are, not what the browser said. */
  readonly mime: string
  readonly name: string
  readonly byteLength: number
}

/** The files of one session, as a codec sees them. */
export interface Files {
  /** Throws `file-gone` where the reference is unknown, expired or another session's. */
  open(ref: FileRef, path: string): Promise<StoredFile>
  write(bytes: Uint8Array, about: { mime: string; name: string; width?: number; height?: number }): Promise<FileRef>
  /** Takes a file of the author's in, by its path: absolute, or relative to the space. */
  adopt(path: string, about?: { mime?: string; width?: number; height?: number }): Promise<FileRef>
}

/** The server half of a component: wire form to value and back. Null never reaches it. */
export interface Codec<C extends AnyComponent = AnyComponent> {
  /** @param path - where the value stands, `inputs.photo`; begins every message. */
  decode?(wire: WireOf<C>, options: FullOf<C>, files: Files, path: string): Awaitable<TypesIn<C>['given']>
  encode?(value: TypesIn<C>['taken'], options: FullOf<C>, files: Files, path: string): Awaitable<WireOf<C>>
  /** An example's value to its wire form. Default: `encode`. */
  sample?(value: TypesIn<C>['sample'], options: FullOf<C>, files: Files, path: string): Awaitable<WireOf<C>>
}

/** Pairs a codec with its component, for the types' sake. Either direction may be left out: the wire is then the value. */
export function defineCodec<C extends AnyComponent>(_component: C, codec: Codec<C>): Codec<C> {
  return codec
}

/** Where the run that shows in this field stands. */
export type FieldState = 'idle' | 'waiting' | 'running' | 'done' | 'failed'

/** What a view is given. It draws `value`, reports changes through `set`, and knows nothing of the page around it. */
export interface ViewProps<C extends AnyComponent = AnyComponent> {
  /** Of the control that the field's label names. */
  readonly id: string
  readonly label: string
  readonly value: WireOf<C> | null
  readonly options: FullOf<C>
  /** An output, or a form that is not to be changed. */
  readonly readOnly: boolean
  readonly state: FieldState
  /** Why the value is refused; the frame shows it, the view marks its control `aria-invalid`. */
  readonly problem: string | null
  /** `id` of the element that says the problem and the hint, for `aria-describedby`. */
  readonly describedBy: string | undefined
  set(value: WireOf<C> | null): void
  emit(event: TypesIn<C>['event']): void
  /** Shows a problem of the view's own making in the frame, or takes it away. */
  complain(problem: string | null): void
  urlOf(ref: FileRef): string
  /** Sends a file to the server. Rejects with a `PublicError` worth showing. */
  upload(
    file: Blob,
    options?: { name?: string; onProgress?: (fraction: number) => void; signal?: AbortSignal },
  ): Promise<FileRef>
  /** Upload limit of the page, in bytes. */
  readonly maxBytes: number
}
