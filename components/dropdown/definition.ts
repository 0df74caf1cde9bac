import { type Choice, type Choices, type ChoiceValue, checkInitial, normalizeChoices } from '#core/choices.ts'
import { defineComponent, type Refine } from '#core/component.ts'
import type { Field, FieldOptions, Same } from '#core/field.ts'
import { type Schema, schema } from '#core/schema.ts'

interface Offer<V extends ChoiceValue> extends FieldOptions {
  /** Texts or numbers, or `{ value, label }` where the visitor reads something else than `run()` is given. */
  choices: Choices<V>
}

export interface DropdownOptions<V extends ChoiceValue = ChoiceValue> extends Offer<V> {
  multiple?: false
  /** Chosen at the start. Default: the first; `null` leaves the visitor to choose. */
  initial?: NoInfer<V> | null
}

export interface MultipleDropdownOptions<V extends ChoiceValue = ChoiceValue> extends Offer<V> {
  multiple: true
  /** Chosen at the start. Default: none. */
  initial?: readonly NoInfer<V>[]
}

type Chosen = ChoiceValue | readonly ChoiceValue[]

export interface DropdownFull extends FieldOptions {
  choices: readonly Choice[]
  multiple: boolean
  initial: Chosen | null
}

/** The component without the literal types of one field's choices. */
export const dropdown = defineComponent({
  kind: 'dropdown',
  events: ['change'],
  optionNames: ['choices', 'initial', 'multiple'],
  wire({ choices, multiple }: DropdownFull): Schema<Chosen> {
    const one = schema.oneOf(choices.map(({ value }) => value))
    return multiple ? (schema.list(one, { maxItems: choices.length }) as Schema<Chosen>) : (one as Schema<Chosen>)
  },
  initial: ({ initial }) => initial,
  normalize(options: DropdownOptions | MultipleDropdownOptions, report): DropdownFull {
    const { multiple = false, initial } = options
    if (typeof multiple !== 'boolean') report('multiple', 'true or false', multiple)
    const choices = normalizeChoices(options.choices, report)
    if (multiple && initial !== undefined && !Array.isArray(initial)) {
      report('initial', 'a list of choices', initial)
      return { ...options, choices, multiple, initial: [] }
    }
    const chosen = Array.isArray(initial) ? initial : initial === undefined || initial === null ? [] : [initial]
    for (const value of choices.length ? chosen : []) checkInitial(value, choices, report)
    if (multiple) return { ...options, choices, multiple, initial: chosen }
    return { ...options, choices, multiple, initial: initial === undefined ? (choices[0]?.value ?? null) : initial }
  },
})

interface DropdownFactory {
  <const V extends ChoiceValue>(options: MultipleDropdownOptions<V>): Field<'dropdown', Same<readonly V[], 'change'>>
  <const V extends ChoiceValue>(options: DropdownOptions<V>): Field<'dropdown', Same<V, 'change'>>
}

/**
 * One out of a list: `run()` is given exactly that union of literals. With `multiple: true` it is given a list of them,
 * in the order of the choices.
 */
export const Dropdown = dropdown as unknown as Refine<typeof dropdown, DropdownFactory>
