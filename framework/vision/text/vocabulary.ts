/** What files of a vocabulary hold, as `tokenizer.json` has it. */

/** One merge a line, `i n`; a first line beginning with `#version` is none. */
export function mergesOf(text: string): string[] {
  return linesOf(text).filter((line) => line.includes(' ') && !line.startsWith('#version'))
}

/** One token a line; its number is that of the line. */
export function vocabularyOf(text: string): Record<string, number> {
  const lines = linesOf(text)
  if (lines.at(-1) === '') lines.pop()
  return Object.fromEntries(lines.map((token, id) => [token, id]))
}

const linesOf = (text: string) => text.split(/\r?\n/)

/** An entry of `added_tokens`. */
export const specialToken = (content: string, id: number, lstrip = false) => ({
  id,
  content,
  single_word: false,
  lstrip,
  rstrip: false,
  normalized: false,
  special: true,
})
