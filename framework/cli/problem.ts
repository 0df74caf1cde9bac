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
  const { cause } = error
  if (!(cause instanceof Error) || isSpaceError(cause) || 'place' in cause) return
  // The disk, the network and the Hub refuse in one line; what the author's own code threw while it loaded has a place.
  const isRefusal = 'syscall' in cause || 'status' in cause || error.code === 'hub-unreachable'
  printError(paintError('dim', isRefusal ? rootOf(cause).message : (cause.stack ?? cause.message)))
}

/** What lies under the `fetch failed` of a broken connection. */
const rootOf = (error: Error): Error =>
  error.cause instanceof Error && error.cause.message !== '' ? rootOf(error.cause) : error
