import { defineCodec } from '#core/component.ts'
import { expected } from '#core/errors.ts'
import { renderMarkdown } from '#text/markdown.ts'
import { Markdown } from './definition.ts'

export default defineCodec(Markdown, {
  async encode(value, _options, _files, path) {
    if (typeof value !== 'string') throw expected(path, 'Markdown, as text', value)
    return renderMarkdown(value)
  },
})
