import type { Marked, Tokens } from 'marked'
import { defineCodec } from '#core/component.ts'
import { expected } from '#core/errors.ts'
import { Markdown } from './definition.ts'

export default defineCodec(Markdown, {
  async encode(value, _options, _files, path) {
    if (typeof value !== 'string') throw expected(path, 'Markdown, as text', value)
    loading ??= createParser()
    return (await loading).parse(value, { async: false })
  },
})

let loading: Promise<Marked> | null = null

/** The parser is loaded with the first text. It writes no HTML of the author's own, and no address that runs something. */
async function createParser(): Promise<Marked> {
  const { Marked } = await import('marked')
  return new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escape(text),
      link({ href, title, tokens }) {
        const inside = this.parser.parseInline(tokens)
        if (!isSafe(href, LINKS)) return inside
        return `<a href="${escape(href)}"${titled(title)} target="_blank" rel="noopener noreferrer">${inside}</a>`
      },
      // A picture from elsewhere would tell that place who reads the answer: it becomes a link.
      image({ href, title, text }: Tokens.Image) {
        if (isSafe(href, PICTURES))
          return `<img src="${escape(href)}" alt="${escape(text)}"${titled(title)} loading="lazy">`
        if (!isSafe(href, LINKS)) return escape(text)
        return `<a href="${escape(href)}" target="_blank" rel="noopener noreferrer">${escape(text || href)}</a>`
      },
    },
  })
}

const LINKS = /^(https?|mailto|tel):/i
const PICTURES = /^data:image\/(png|jpeg|webp|gif|avif);/i

/** Addresses without a scheme are relative ones. Browsers drop control characters and spaces in front of a scheme. */
function isSafe(href: string, schemes: RegExp): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  const bare = href.replace(/[\u0000-\u0020\u007f-\u009f]/g, '')
  return schemes.test(bare) || !/^([^/?#]*:|\/\/)/.test(bare)
}

const titled = (title: string | null | undefined) => (title ? ` title="${escape(title)}"` : '')

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
