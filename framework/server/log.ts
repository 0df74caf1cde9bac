/** Where the author reads what happened: the terminal, unless another log is given. */

export interface Log {
  info(line: string): void
  warn(line: string): void
  /** @param reference - what the visitor was shown in place of the error. */
  error(line: string, error?: unknown, reference?: string): void
  /** A line that is drawn over by the next, for what takes long; null takes it away. Only a terminal shows it. */
  progress?(line: string | null): void
}

export function createLog(write: (text: string) => void = (text) => process.stderr.write(text)): Log {
  return {
    info: (line) => write(`${line}\n`),
    warn: (line) => write(`warning: ${line}\n`),
    error(line, error, reference) {
      write(`error${reference ? ` ${reference}` : ''}: ${line}\n`)
      if (error !== undefined) write(`${indent(printed(error))}\n`)
    },
  }
}

function printed(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${printed(error.cause)}`
  return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`
}

const indent = (text: string) => text.replace(/^/gm, '  ')
