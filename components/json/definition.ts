import { defineComponent, type } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'
import type { JsonValue } from '#core/types.ts'

export interface JSONOptions extends FieldOptions {
  /** How many levels of the tree are open at first. Default 2. */
  open?: number
  initial?: JsonValue
}

export type JSON = JsonValue

/**
 * Anything that JSON can say, as a tree. An answer may also hold dates (sent as ISO 8601 text), typed arrays (as lists)
 * and records of any interface.
 */
export const JSON = defineComponent({
  kind: 'json',
  events: ['change'],
  frame: 'group',
  optionNames: ['open', 'initial'],
  wire: (_: JSONOptions & { open: number }) => schema.json(),
  initial: ({ initial }) => initial ?? null,
  given: type<JsonValue>(),
  taken: type<JsonValue | object>(),
  sample: type<JsonValue>(),
  normalize(options: JSONOptions, report) {
    const { open = 2, initial } = options
    if (!(Number.isInteger(open) && open >= 0)) report('open', 'a whole number, 0 or more', open)
    if (initial !== undefined) {
      try {
        schema.json().parse(initial, 'initial')
      } catch {
        report('initial', 'JSON', initial)
      }
    }
    return { ...options, open }
  },
})
