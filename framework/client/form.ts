/** What the fields of the page say: inputs and outputs by name, examples, and what stays when the space is edited. */

import { type Signal, signal } from '@preact/signals'
import type { FieldManifest, SpaceManifest, Wires } from '#core/manifest.ts'

/** One input or output of the page. */
export interface Cell {
  readonly value: Signal<unknown>
  /** Why the value is refused, in words for the frame. */
  readonly problem: Signal<string | null>
  /** An output of this run, not of the one before. */
  readonly fresh: Signal<boolean>
}

export const isEmpty = (value: unknown): boolean => value === null || value === undefined

export class Form {
  readonly manifest: Signal<SpaceManifest>
  #inputs: Map<string, Cell>
  #outputs: Map<string, Cell>

  constructor(manifest: SpaceManifest) {
    this.manifest = signal(manifest)
    this.#inputs = cellsOf(manifest.inputs)
    this.#outputs = cellsOf(manifest.outputs)
  }

  input(name: string): Cell {
    return found(this.#inputs, name)
  }

  output(name: string): Cell {
    return found(this.#outputs, name)
  }

  get inputs(): readonly Cell[] {
    return [...this.#inputs.values()]
  }

  /** Required inputs that hold nothing. */
  missing(): FieldManifest[] {
    return this.manifest.value.inputs.filter(({ name, optional }) => !optional && isEmpty(this.input(name).value.value))
  }

  /** The first input whose value is refused. */
  wrong(): FieldManifest | undefined {
    return this.manifest.value.inputs.find(({ name }) => this.input(name).problem.value !== null)
  }

  wires(): Wires {
    return Object.fromEntries(
      this.manifest.value.inputs.map(({ name }) => [name, this.input(name).value.value ?? null]),
    ) as Wires
  }

  /** Puts values into those of the inputs that are still there. */
  fill(values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) {
      const cell = this.#inputs.get(name)
      if (!cell) continue
      cell.value.value = value
      cell.problem.value = null
    }
  }

  /** Puts an example's row in. What another row has set does not stay; what the visitor has set beside them does. */
  fillExample(index: number): void {
    const { examples, inputs } = this.manifest.value
    const named = inputs.filter(({ name }) => examples.some((row) => name in row.inputs))
    this.fill({ ...initialsOf(named), ...examples[index]?.inputs })
  }

  show(outputs: Wires): void {
    for (const [name, value] of Object.entries(outputs)) {
      const cell = this.#outputs.get(name)
      if (!cell) continue
      cell.value.value = value
      cell.fresh.value = true
    }
  }

  /** What stands in the outputs is from now on the answer to an older question. */
  age(): void {
    for (const { fresh } of this.#outputs.values()) fresh.value = false
  }

  /** Puts the server's refusal of one input at that input: `inputs.steps: expected …`. */
  blame(message: string): void {
    const [, name = '', reason = ''] = /^inputs\.(\w+)\S*: (.*)$/s.exec(message) ?? []
    const cell = this.#inputs.get(name)
    if (cell) cell.problem.value = reason.charAt(0).toUpperCase() + reason.slice(1)
  }

  clear(): void {
    this.fill(initialsOf(this.manifest.value.inputs))
    for (const { value } of this.#outputs.values()) value.value = null
  }

  /** Takes another version of the space: values stay where the field is still there with the same kind. */
  replace(next: SpaceManifest): void {
    const before = this.manifest.value
    this.#inputs = carryOver(before.inputs, next.inputs, this.#inputs)
    this.#outputs = carryOver(before.outputs, next.outputs, this.#outputs)
    this.manifest.value = next
  }
}

function found(cells: ReadonlyMap<string, Cell>, name: string): Cell {
  const cell = cells.get(name)
  if (!cell) throw new Error(`The page has no field “${name}”.`)
  return cell
}

const createCell = (value: unknown): Cell => ({ value: signal(value), problem: signal(null), fresh: signal(false) })

const cellsOf = (fields: readonly FieldManifest[]) =>
  new Map(fields.map(({ name, initial }) => [name, createCell(initial)]))

const initialsOf = (fields: readonly FieldManifest[]) =>
  Object.fromEntries(fields.map(({ name, initial }) => [name, initial]))

function carryOver(
  before: readonly FieldManifest[],
  after: readonly FieldManifest[],
  cells: ReadonlyMap<string, Cell>,
): Map<string, Cell> {
  const kept = ({ name, kind }: FieldManifest) =>
    before.some((field) => field.name === name && field.kind === kind) ? cells.get(name) : undefined
  return new Map(after.map((field) => [field.name, kept(field) ?? createCell(field.initial)]))
}
