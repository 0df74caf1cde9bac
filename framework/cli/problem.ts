/** An error as the author sees it in the terminal: the sentence, the lines of code, and the stack where it is a surprise. */

import { isSpaceError } from '#core/errors.ts'
import { paintError, printError } from './terminal.ts'

export function printProblem(error: unknown): void {
  if (!isSpaceError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    printError(`${paintError('red', 'spaces:')} ${text}`)
    return
  }
  printError(`${paintError('red', `${error.toPublic().title}:`)} ${error.message}`)
  const { frame } = error.details as { frame?: string }
  if (frame) printError(`\n${paintError('dim', frame)}\n`)
  // What the author's own code threw while it loaded; a bundler's stack would say nothing.
  if (error.cause instanceof Error && !isSpaceError(error.cause) && !('place' in error.cause))
    printError(paintError('dim', error.cause.stack ?? error.cause.message))
}
