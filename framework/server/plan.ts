/** The fields of a space made ready for many calls: schemas and codecs looked up once, nothing awaited that is there. */

import type { Codec, Files } from '#core/component.ts'
import { SpaceError, show } from '#core/errors.ts'
import { type AnyField, type Fields, labelOf } from '#core/field.ts'
import type { Wires } from '#core/manifest.ts'
import type { FileRef, JsonSchema, Schema } from '#core/schema.ts'
import type { AnySpace } from '#core/space.ts'
import type { Awaitable } from '#core/types.ts'
import { loadCodec } from './codecs.ts'
import { isThenable } from './maybe.ts'

export type Values = Record<string, unknown>

export interface PlannedField {
  readonly name: string
  readonly path: string
  readonly label: string
  readonly field: AnyField
  readonly schema: Schema<unknown>
  /** What stands in for a value that was left out, or null. */
  readonly initial: unknown
  /** The media types that it takes, where it takes files: `image/*`. */
  readonly accept: string | null
  readonly codec: Codec | null
}

export interface Checked {
  readonly wires: Wires
  /** Those that the inputs name, with where each stands: `inputs.photo`. */
  readonly files: readonly NamedFile[]
}

export interface NamedFile {
  readonly ref: FileRef
  readonly path: string
}

const NO_FILES: readonly NamedFile[] = []

export class Plan {
  readonly inputs: readonly PlannedField[]
  readonly outputs: readonly PlannedField[]
  readonly #inputNames: ReadonlySet<string>
  readonly #outputs: ReadonlyMap<string, PlannedField>

  constructor(inputs: readonly PlannedField[], outputs: readonly PlannedField[]) {
    this.inputs = inputs
    this.outputs = outputs
    this.#inputNames = new Set(inputs.map(({ name }) => name))
    this.#outputs = new Map(outputs.map((field) => [field.name, field]))
  }

  /**
   * Checks what a visitor sent. A field that was left out holds its initial value, as on an untouched page.
   * @throws SpaceError `input-unknown`, `input-missing`, `invalid-value`
   */
  check(given: Wires): Checked {
    for (const name in given) {
      if (!this.#inputNames.has(name)) {
        throw new SpaceError('input-unknown', { name, known: [...this.#inputNames] })
      }
    }
    const wires: Record<string, Wires[string]> = {}
    let files = NO_FILES
    for (const { name, path, label, field, schema, initial } of this.inputs) {
      let wire: unknown = Object.hasOwn(given, name) ? given[name] : undefined
      if (wire === undefined) wire = initial
      if (wire === null) {
        if (!field.optional) throw new SpaceError('input-missing', { path, label })
        wires[name] = null
        continue
      }
      const parsed = schema.parse(wire, path)
      const named = schema.files(parsed)
      if (named.length) files = [...files, ...named.map((ref) => ({ ref, path }))]
      wires[name] = parsed as Wires[string]
    }
    return { wires, files }
  }

  /** Wire forms to what `run` is given. */
  decode(wires: Wires, files: Files): Awaitable<Values> {
    return convert(this.inputs, wires as Values, (planned, wire) => {
      const { codec, field, path } = planned
      return wire === null || !codec?.decode ? wire : codec.decode(wire, field.options, files, path)
    })
  }

  /**
   * Values that `run` gave to their wire forms, checked.
   * @param whole - every output must be there, not only those that are named.
   * @throws SpaceError `output-invalid`
   */
  encode(values: unknown, files: Files, whole: boolean): Awaitable<Wires> {
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw wrongOutput('outputs', 'an object with the outputs by name', values)
    const named = values as Values
    for (const name in named) {
      if (!this.#outputs.has(name))
        throw wrongOutput('outputs', `the outputs ${[...this.#outputs.keys()].join(', ')}`, name)
    }
    const fields = whole ? this.outputs : this.outputs.filter(({ name }) => name in named)
    return convert(fields, named, (planned, value) => encodeOne(planned, value, files)) as Awaitable<Wires>
  }
}

function encodeOne(planned: PlannedField, value: unknown, files: Files): Awaitable<unknown> {
  const { field, path, schema, codec } = planned
  if (value === null || value === undefined) {
    if (field.optional) return null
    throw wrongOutput(path, schema.wants, value)
  }
  const wire = codec?.encode ? asOutput(path, () => codec.encode?.(value, field.options, files, path)) : value
  return isThenable(wire) ? wire.then((settled) => parseOutput(planned, settled)) : parseOutput(planned, wire)
}

function parseOutput({ path, schema }: PlannedField, wire: unknown): unknown {
  return asOutput(path, () => schema.parse(wire, path))
}

/** A value that does not fit is the author's fault on this side of the task. */
function asOutput<T>(path: string, give: () => Awaitable<T>): Awaitable<T> {
  const fault = (error: unknown): never => {
    throw isMismatch(error)
      ? new SpaceError('output-invalid', { ...error.details, path: error.details.path || path }, { cause: error })
      : error
  }
  try {
    const value = give()
    return isThenable(value) ? value.then((settled) => settled, fault) : value
  } catch (error) {
    return fault(error)
  }
}

function isMismatch(error: unknown): error is SpaceError<'invalid-value'> {
  return error instanceof Error && (error as { code?: unknown }).code === 'invalid-value' && 'details' in error
}

export function wrongOutput(path: string, expected: string, value: unknown): SpaceError<'output-invalid'> {
  return new SpaceError('output-invalid', { path, expected, got: show(value) })
}

/** One value after the other where they are there, all at once where some are not. */
function convert(
  fields: readonly PlannedField[],
  values: Values,
  one: (field: PlannedField, value: unknown) => Awaitable<unknown>,
): Awaitable<Values> {
  const done: Values = {}
  let waiting: Promise<void>[] | null = null
  for (const planned of fields) {
    const { name } = planned
    const value = tried(waiting !== null, () => one(planned, values[name]))
    if (!isThenable(value)) done[name] = value
    else {
      // Keeps its place among the others: what is sent on is in the order of the declaration.
      done[name] = undefined
      waiting ??= []
      waiting.push(
        Promise.resolve(value).then((settled) => {
          done[name] = settled
        }),
      )
    }
  }
  return waiting ? Promise.all(waiting).then(() => done) : done
}

/** Once others are on their way a fault must join them: thrown here, it would leave theirs without anybody to catch them. */
function tried(later: boolean, give: () => Awaitable<unknown>): Awaitable<unknown> {
  if (!later) return give()
  try {
    return give()
  } catch (error) {
    return Promise.reject(error)
  }
}

export async function createPlan(space: AnySpace): Promise<Plan> {
  return new Plan(await planFields('inputs', space.inputs), await planFields('outputs', space.outputs))
}

function planFields(side: 'inputs' | 'outputs', fields: Fields): Promise<PlannedField[]> {
  return Promise.all(
    Object.entries(fields).map(async ([name, field]): Promise<PlannedField> => {
      const { component, options } = field
      const schema: Schema<unknown> = component.wire(options)
      const path = `${side}.${name}`
      const initial: unknown = component.initial(options)
      const accept = acceptOf(schema.json)
      return {
        name,
        path,
        label: labelOf(name, options),
        field,
        schema,
        initial,
        accept,
        codec: await loadCodec(field.kind),
      }
    }),
  )
}

/** Finds the media types in a wire schema that holds files, however deep they stand. */
export function acceptOf(json: unknown): string | null {
  if (typeof json !== 'object' || json === null) return null
  const accept = (json as JsonSchema)['x-accept']
  if (typeof accept === 'string') return accept
  for (const inner of Object.values(json)) {
    const found = acceptOf(inner)
    if (found !== null) return found
  }
  return null
}
