import { defineComponent } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface CheckboxOptions extends FieldOptions {
  /** Default false. */
  initial?: boolean
}

/** Yes or no. */
export const Checkbox = defineComponent({
  kind: 'checkbox',
  events: ['change'],
  frame: 'own',
  optionNames: ['initial'],
  wire: (_: CheckboxOptions & { initial: boolean }) => schema.boolean(),
  initial: ({ initial }) => initial,
  normalize(options: CheckboxOptions, report) {
    const { initial = false } = options
    if (typeof initial !== 'boolean') report('initial', 'true or false', initial)
    return { ...options, initial }
  },
})
