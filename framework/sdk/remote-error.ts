/** What a client rejects with: the server's own words, as the page shows them. */

import type { PublicError } from '#core/errors.ts'

export class RemoteError extends Error implements PublicError {
  override readonly name = 'RemoteError'
  /** Permanent; see the error catalogue. */
  readonly code: PublicError['code']
  readonly title: string
  readonly hint: string
  /** Names this failure in the server's log. */
  declare readonly reference?: string

  constructor(error: PublicError, options?: { cause?: unknown }) {
    super(error.message, options)
    this.code = error.code
    this.title = error.title
    this.hint = error.hint
    if (error.reference !== undefined) this.reference = error.reference
  }
}
