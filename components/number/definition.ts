import { defineComponent } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface NumberOptions extends FieldOptions {
  min?: number
  max?: number
  /**
   * What an arrow key adds. Default 1. A whole step from a whole `min` (or none) takes whole numbers only; leave it out
   * for any number.
   */
  step?: number
  /** Shown behind the value, e.g. `ms`. */
  unit?: string
  initial?: number
  placeholder?: string
}

/** A number in a box; as an output, a number to read. */
export const Number = defineComponent({
  kind: 'number',
  events: ['change', 'submit'],
  optionNames: ['min', 'max', 'step', 'unit', 'initial', 'placeholder'],
  wire: (options: NumberOptions) => schema.number(limitsOf(options)),
  initial: ({ initial }) => initial ?? null,
  normalize(options: NumberOptions, report) {
    for (const name of ['min', 'max', 'step', 'initial'] as const) {
      if (options[name] !== undefined && !globalThis.Number.isFinite(options[name]))
        report(name, 'a number', options[name])
    }
    for (const name of ['unit', 'placeholder'] as const) {
      if (options[name] !== undefined && typeof options[name] !== 'string') report(name, 'text', options[name])
    }
    const { min, max, step, initial } = options
    if (min !== undefined && max !== undefined && min > max) report('min', `a number up to max, ${max}`, min)
    if (step !== undefined && !(step > 0)) report('step', 'a number above 0', step)
    if (initial !== undefined && (initial < (min ?? -Infinity) || initial > (max ?? Infinity)))
      report('initial', 'a number within min and max', initial)
    return options
  },
})

function limitsOf({ min, max, step }: NumberOptions): { min?: number; max?: number; integer?: boolean } {
  const { isInteger } = globalThis.Number
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step !== undefined && isInteger(step) && isInteger(min ?? 0) ? { integer: true } : {}),
  }
}
