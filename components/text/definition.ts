import { defineComponent } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'

const TYPES = ['text', 'email', 'password', 'search', 'url'] as const

export interface TextOptions extends FieldOptions {
  /** Height of the box in lines; more than one lets the text break. Default 1. */
  lines?: number
  /** In UTF-16 code units. */
  maxLength?: number
  placeholder?: string
  initial?: string
  /** What the browser takes it for: which keyboard a phone shows, whether the text is hidden. Default `text`. */
  type?: (typeof TYPES)[number]
}

/** A line of text, or several. An empty box is no value. */
export const Text = defineComponent({
  kind: 'text',
  events: ['change', 'submit'],
  optionNames: ['lines', 'maxLength', 'placeholder', 'initial', 'type'],
  wire: ({ maxLength }: TextOptions & Required<Pick<TextOptions, 'lines' | 'type'>>) =>
    schema.text(maxLength === undefined ? {} : { maxLength }),
  initial: ({ initial }) => initial || null,
  normalize(options: TextOptions, report) {
    const { lines = 1, maxLength, placeholder, initial, type = 'text' } = options
    if (!(Number.isInteger(lines) && lines > 0)) report('lines', 'a whole number above 0', lines)
    if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength > 0))
      report('maxLength', 'a whole number above 0', maxLength)
    if (placeholder !== undefined && typeof placeholder !== 'string') report('placeholder', 'text', placeholder)
    if (initial !== undefined && typeof initial !== 'string') report('initial', 'text', initial)
    else if (initial !== undefined && initial.length > (maxLength ?? Infinity))
      report('initial', `text of at most ${maxLength} characters`, initial)
    if (!TYPES.includes(type)) report('type', `one of ${TYPES.join(', ')}`, type)
    else if (lines > 1 && type !== 'text') report('type', 'text, as it has more than one line', type)
    return { ...options, lines, type }
  },
})
