import { defineComponent } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface NumberOptions extends FieldOptions {
  min?: number
  max?: number
  /** Distance between values that the arrow keys step through. Default: any. */
  step?: number
  /** Shown behind the value, e.g. `ms`. */
  unit?: string
  initial?: number
  placeholder?: string
}

/** A number in a box. */
export const Number = defineComponent({
  kind: 'number',
  events: ['change', 'submit'],
  optionNames: ['min', 'max', 'step', 'unit', 'initial', 'placeholder'],
  wire: ({ min, max }: NumberOptions) =>
    schema.number({ ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }),
  initial: ({ initial }) => initial ?? null,
  normalize(options: NumberOptions, report) {
    const { min, max, step, initial } = options
    if (min !== undefined && max !== undefined && min > max) report('min', `a number up to max, ${max}`, min)
    if (step !== undefined && !(step > 0)) report('step', 'a number above 0', step)
    if (initial !== undefined && (initial < (min ?? -Infinity) || initial > (max ?? Infinity)))
      report('initial', 'a number within min and max', initial)
    return options
  },
})
