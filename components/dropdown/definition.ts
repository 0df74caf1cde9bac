import { defineComponent, type Refine } from '#core/component.ts'
import type { Field, FieldOptions, Same } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface DropdownOptions<Choice extends string = string> extends FieldOptions {
  choices: readonly Choice[]
  /** Chosen at the start. Default: the first. */
  initial?: NoInfer<Choice>
}

const definition = defineComponent({
  kind: 'dropdown',
  events: ['change'],
  optionNames: ['choices', 'initial'],
  wire: ({ choices }: DropdownOptions) => schema.oneOf(choices),
  initial: ({ choices, initial }) => initial ?? choices[0] ?? null,
  normalize(options: DropdownOptions, report) {
    const { choices, initial } = options
    if (!Array.isArray(choices) || choices.length === 0) {
      report('choices', 'a list of at least one choice', choices)
      return { ...options, choices: [] }
    }
    if (new Set(choices).size < choices.length) report('choices', 'choices that differ', choices)
    if (initial !== undefined && !choices.includes(initial)) report('initial', `one of ${choices.join(', ')}`, initial)
    return options
  },
})

/** One out of a list. `run()` is given exactly that union of literals. */
export const Dropdown = definition as unknown as Refine<
  typeof definition,
  <const Choice extends string>(options: DropdownOptions<Choice>) => Field<'dropdown', Same<Choice, 'change'>>
>
