import { type Choice, type Choices, type ChoiceValue, checkInitial, normalizeChoices } from '#core/choices.ts'
import { defineComponent, type Refine } from '#core/component.ts'
import type { Field, FieldOptions, Same } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface RadioOptions<V extends ChoiceValue = ChoiceValue> extends FieldOptions {
  /** Texts or numbers, or `{ value, label }` where the visitor reads something else than `run()` is given. */
  choices: Choices<V>
  /** Chosen at the start. Default: the first; `null` leaves the visitor to choose. */
  initial?: NoInfer<V> | null
}

export interface RadioFull extends FieldOptions {
  choices: readonly Choice[]
  initial: ChoiceValue | null
}

/** The component without the literal types of one field's choices. */
export const radio = defineComponent({
  kind: 'radio',
  events: ['change'],
  frame: 'group',
  optionNames: ['choices', 'initial'],
  wire: ({ choices }: RadioFull) => schema.oneOf(choices.map(({ value }) => value)),
  initial: ({ initial }) => initial,
  normalize(options: RadioOptions, report): RadioFull {
    const { initial } = options
    const choices = normalizeChoices(options.choices, report)
    if (initial !== undefined && initial !== null && choices.length) checkInitial(initial, choices, report)
    return { ...options, choices, initial: initial === undefined ? (choices[0]?.value ?? null) : initial }
  },
})

/** One out of a few, all in sight. `run()` is given exactly that union of literals. */
export const Radio = radio as unknown as Refine<
  typeof radio,
  <const V extends ChoiceValue>(options: RadioOptions<V>) => Field<'radio', Same<V, 'change'>>
>
