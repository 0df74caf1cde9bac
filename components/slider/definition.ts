import { defineComponent } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface SliderOptions extends FieldOptions {
  min: number
  max: number
  /**
   * Distance between values. Default: a power of ten, at most 1, that gives at least fifty of them. With a whole step
   * and a whole `min` only whole numbers are taken.
   */
  step?: number
  /** Shown behind the value, e.g. `px`. */
  unit?: string
  /** Default: `min`. */
  initial?: number
}

/** A number within bounds, on a track and in a box. */
export const Slider = defineComponent({
  kind: 'slider',
  events: ['change', 'release'],
  optionNames: ['min', 'max', 'step', 'unit', 'initial'],
  wire: ({ min, max, step }: SliderOptions & { step: number }) =>
    schema.number({ min, max, ...(Number.isInteger(step) && Number.isInteger(min) ? { integer: true } : {}) }),
  initial: ({ initial, min }) => initial ?? min,
  normalize(options: SliderOptions, report) {
    const { min, max, unit, initial } = options
    for (const name of ['min', 'max'] as const) {
      if (!Number.isFinite(options[name])) report(name, 'a number', options[name])
    }
    if (min >= max) report('min', `a number below max, ${max}`, min)
    const step = options.step ?? stepFor(max - min)
    if (!(step > 0)) report('step', 'a number above 0', step)
    if (unit !== undefined && typeof unit !== 'string') report('unit', 'text', unit)
    if (initial !== undefined && !(initial >= min && initial <= max))
      report('initial', `a number from ${min} to ${max}`, initial)
    return { ...options, step, initial: initial ?? min }
  },
})

function stepFor(span: number): number {
  if (!(span > 0 && Number.isFinite(span))) return 1
  return Math.min(1, 10 ** Math.floor(Math.log10(span / 50)))
}
