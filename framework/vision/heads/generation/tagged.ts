/** Donut's way of writing structure: `<s_key>value</s_key>`, lists with `<sep/>` in between. */

/** What tagged text says: texts, lists, and records of them by key. */
export type Tagged = string | readonly Tagged[] | { readonly [key: string]: Tagged }

/**
 * A receipt, form or answer out of the text that a Donut model writes; as transformers' `token2json` reads it.
 * Text without tags is `{ text_sequence }`.
 * @param text - with its special tokens: `generated_text` of a call with `skip_special_tokens: false`.
 */
export function parseTaggedText(text: string): Tagged {
  return parse(text.replace(/<\/s>|<pad>/g, '').replace(/^\s*<s>/, ''), false)
}

function parse(text: string, inner: boolean): Tagged {
  const output: Record<string, Tagged> = {}
  let rest = text
  for (;;) {
    const [start, key] = /<s_([^>]*)>/i.exec(rest) ?? []
    if (start === undefined || key === undefined) break
    const end = new RegExp(`</s_${escaped(key)}>`, 'i').exec(rest)
    if (!end) {
      rest = rest.replaceAll(start, '')
      continue
    }
    const content = new RegExp(`${escaped(start)}(.*?)${escaped(end[0])}`, 'is').exec(rest)?.[1]?.trim()
    if (content !== undefined) {
      const value = valueOf(content)
      if (value !== null) output[key] = value
    }
    rest = rest.slice(end.index + end[0].length).trim()
    if (rest.startsWith('<sep/>')) return [output, ...(parse(rest.slice(6), true) as Tagged[])]
  }
  if (Object.keys(output).length > 0) return inner ? [output] : output
  return inner ? [] : { text_sequence: rest.trim() }
}

function valueOf(content: string): Tagged | null {
  if (content.includes('<s_') && content.includes('</s_')) {
    const found = parse(content, true) as readonly Tagged[]
    return found.length === 0 ? null : single(found)
  }
  // A class is a tag of its own: `<menu/>` says “menu”.
  return single(content.split('<sep/>').map((leaf) => leaf.trim().replace(/^<([^<>]*)\/>$/, '$1')))
}

const single = (list: readonly Tagged[]): Tagged => (list.length === 1 ? (list[0] as Tagged) : list)
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
