/** Which errors a visitor reads as they are, and which only as a reference number. */

import type { ErrorCode } from '#core/error-catalogue.ts'
import { isSpaceError, type PublicError, SpaceError } from '#core/errors.ts'
import type { Log } from './log.ts'
import { createReference } from './secrets.ts'

/** The visitor's own business: nothing to look up in a log. */
const PLAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid-value',
  'input-missing',
  'input-unknown',
  'refused',
  'queue-full',
  'too-many',
  'task-unknown',
  'page-unknown',
  'file-type',
  'file-broken',
  'file-too-large',
  'image-too-large',
  'file-gone',
  'message-invalid',
  'message-too-large',
  'not-allowed',
  'run-timeout',
  'session-lost',
  'server-closing',
])

/** The author's business, but said to the visitor too: it explains why trying again may or may not help. */
const EXPLAINED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['output-invalid', 'setup-failed', 'worker-crashed'])

/**
 * The error as the visitor reads it. Everything that is not the visitor's own business goes to the log, with its stack,
 * under the reference that the visitor is shown.
 */
export function toVisitor(error: unknown, log: Log, where: string): PublicError {
  if (isSpaceError(error) && PLAIN.has(error.code)) return error.toPublic()
  const reference = createReference()
  log.error(where, error, reference)
  if (isSpaceError(error) && EXPLAINED.has(error.code)) return error.toPublic(reference)
  return new SpaceError('run-failed', {}).toPublic(reference)
}
