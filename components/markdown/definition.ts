import { defineComponent, type } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import { schema } from '#core/schema.ts'

export interface MarkdownOptions extends FieldOptions {}

/**
 * Text with headings, lists, tables, links and code. `run()` answers Markdown; the browser is sent HTML that the server
 * made of it, with every tag of the author's own text escaped and links to scripts left out.
 */
export const Markdown = defineComponent({
  kind: 'markdown',
  events: [],
  frame: 'group',
  optionNames: [],
  wire: (_: MarkdownOptions) => schema.text(),
  given: type<string>(),
  taken: type<string>(),
  sample: type<string>(),
  normalize: (options: MarkdownOptions) => options,
})
