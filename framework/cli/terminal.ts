/** What the command line prints, in colour where the terminal shows colours and nobody asked for none. */

import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** `NO_COLOR` and `FORCE_COLOR` as https://no-color.org and Node have them. */
export function wantsColor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

const painter = (stream: NodeJS.WriteStream) => (style: Style, text: string) =>
  wantsColor(stream) ? styleText(style, text) : text

/** For what goes to standard output. */
export const paint = painter(process.stdout)
/** For what goes to standard error. */
export const paintError = painter(process.stderr)

export const print = (text: string) => void process.stdout.write(`${text}\n`)
export const printError = (text: string) => void process.stderr.write(`${text}\n`)

/** Ends the process when nobody reads its output any more (`| head`), and when that cannot be written. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    printError(`${paintError('red', 'spaces:')} standard output: ${error.message}`)
    process.exit(1)
  })
}

/** Two columns, the first as wide as its longest entry. */
export function columns(rows: readonly (readonly [string, string])[], indent = '  '): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`.trimEnd()).join('\n')
}

const REDRAW_MS = 80

/** One line at the bottom of a terminal that the next one takes the place of; null takes it away. */
export function drawOver(terminal: {
  readonly columns: number
  write(text: string): unknown
}): (line: string | null) => void {
  let drawnAt = Number.NEGATIVE_INFINITY
  return (line) => {
    if (line !== null && performance.now() - drawnAt < REDRAW_MS) return
    drawnAt = line === null ? Number.NEGATIVE_INFINITY : performance.now()
    terminal.write(`\r\x1b[2K${(line ?? '').slice(0, terminal.columns - 1)}`)
  }
}
