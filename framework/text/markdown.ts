/**
 * Markdown as HTML that can do nothing: raw HTML is shown as text, links lead to pages, mail or telephone, pictures are
 * part of the text itself. One policy for what authors write about their space and for what their tasks answer.
 */

import type { Marked } from 'marked'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)

/** Nothing that `marked` would change: no loading it for a plain sentence. */
const PLAIN = /^[\p{L}\p{N} ,.;:?!()'’“”"/%+–—-]*$/u

/** @returns HTML */
export async function renderMarkdown(text: string): Promise<string> {
  if (text === '') return ''
  if (PLAIN.test(text) && !/^\s|^\d+[.)]|^[-+]|www\.|:\/\//.test(text)) return `<p>${escapeHtml(text)}</p>\n`
  parser ??= createParser()
  return (await parser).parse(text, { async: false })
}

let parser: Promise<Marked> | null = null

/** Loaded with the first text that needs it. */
async function createParser(): Promise<Marked> {
  const { Marked } = await import('marked')
  return new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      link(token) {
        const inner = this.parser.parseInline(token.tokens)
        const href = safeLink(token.href)
        if (href === null) return inner
        const outside = /^[a-z]+:/i.test(href) ? ' target="_blank" rel="noopener noreferrer"' : ''
        const title = token.title ? ` title="${escapeHtml(token.title)}"` : ''
        return `<a href="${escapeHtml(href)}"${title}${outside}>${inner}</a>`
      },
      // An input would be a control without a name, in a text where nothing can be set.
      checkbox: ({ checked }) =>
        `<span role="img" aria-label="${checked ? 'done' : 'to do'}">${checked ? '☑' : '☐'}</span> `,
      // A picture from elsewhere would tell that place who reads this page: it becomes a link.
      image({ href, text }) {
        if (INLINE_PICTURE.test(href)) return `<img src="${escapeHtml(href)}" alt="${escapeHtml(text)}" loading="lazy">`
        const link = safeLink(href)
        const words = escapeHtml(text || href)
        return link === null
          ? words
          : `<a href="${escapeHtml(link)}" target="_blank" rel="noopener noreferrer">${words}</a>`
      },
    },
  })
}

const INLINE_PICTURE = /^data:image\/(png|jpeg|webp|gif|avif);base64,[a-z0-9+/=]*$/i

/** A link to a page, to mail, to a telephone, or within this server; null for `javascript:`, `data:` and whatever else there is. */
function safeLink(href: string): string | null {
  const clean = withoutControls(href)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(withoutControls(decodeEntities(clean)))?.[1]?.toLowerCase()
  return scheme === undefined || ['http', 'https', 'mailto', 'tel'].includes(scheme) ? clean : null
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these, so `java\nscript:` would run
const withoutControls = (text: string) => text.replace(/[\u0000-\u0020\u007f]/g, '')

const decodeEntities = (text: string) =>
  text
    .replace(/&#(x?)([0-9a-f]+);?/gi, (_, hex: string, digits: string) => {
      const code = Number.parseInt(digits, hex ? 16 : 10)
      return code < 0x110000 ? String.fromCodePoint(code) : ''
    })
    .replace(/&(colon|tab|newline);/gi, (_, name: string) => (name.toLowerCase() === 'colon' ? ':' : ''))

/** The words alone, on one line, for cards and titles. */
export async function plainText(markdown: string): Promise<string> {
  const html = await renderMarkdown(markdown)
  const text = html.replace(/<[^>]*>/g, ' ')
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => named[name] ?? '')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;:!?])/g, '$1')
    .trim()
}
