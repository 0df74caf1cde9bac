import { defineComponent, type } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import type { Classification } from '#core/media.ts'
import { schema } from '#core/schema.ts'

export interface LabelOptions extends FieldOptions {
  /** How many labels are shown, the surest first. Default 10. */
  top?: number
}

/** Labels with scores: a classifier's answer as it is, scores by label, or one label alone. */
export type Label = readonly Classification[] | Readonly<Record<string, number>> | string

/** A label without a score is one that was given alone. */
export interface LabelRow extends Record<string, unknown> {
  readonly label: string
  readonly score: number | null
}

/** The answer of a classifier: the best label large, then all of them with bars, the surest first. */
export const Label = defineComponent({
  kind: 'label',
  events: ['select'],
  frame: 'group',
  optionNames: ['top'],
  wire: (_: LabelOptions & { top: number }) =>
    schema.list(schema.object<LabelRow>({ label: schema.text(), score: schema.nullable(schema.number()) })),
  given: type<readonly LabelRow[]>(),
  taken: type<Label>(),
  sample: type<Label>(),
  normalize(options: LabelOptions, report) {
    const { top = 10 } = options
    if (!(Number.isInteger(top) && top > 0)) report('top', 'a whole number above 0', top)
    return { ...options, top }
  },
})
