/** A few lines of source with the place of an error pointed at, as the terminal and the page's error card show it. */

const AROUND = 2

/** @param line - from 1. @param column - from 1. @param length - how many characters to underline. */
export function codeFrame(source: string, line: number, column: number, length = 1): string {
  const lines = source.split(/\r?\n/)
  const first = Math.max(1, line - AROUND)
  const last = Math.min(lines.length, line + AROUND)
  const width = String(last).length
  const shown: string[] = []
  for (let number = first; number <= last; number++) {
    const text = (lines[number - 1] ?? '').replaceAll('\t', ' ')
    const mark = number === line ? '>' : ' '
    shown.push(`${mark} ${String(number).padStart(width)} | ${text}`.trimEnd())
    if (number === line) {
      const under = Math.max(1, Math.min(length, text.length - column + 1))
      shown.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1))}${'^'.repeat(under)}`)
    }
  }
  return shown.join('\n')
}
