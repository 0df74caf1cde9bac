/** What lies under the `fetch failed` of undici, in words. */

import { isSpaceError } from '#core/errors.ts'
import { Refusal } from './refusal.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  ECONNREFUSED: 'a refused connection',
  EHOSTUNREACH: 'no way to this host',
  ENETUNREACH: 'no way to this host',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
  ERR_TLS_CERT_ALTNAME_INVALID: 'a certificate for another host',
  CERT_HAS_EXPIRED: 'a certificate that has expired',
  ERR_SSL_WRONG_VERSION_NUMBER: 'an answer without TLS',
}

/** A proxy that opens connections and a Hub within a company sign with authorities that Node does not know. */
const UNTRUSTED = /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET)|^CERT_(UNTRUSTED|SIGNATURE)/

/** Everything that an error came from, itself first; of an attempt at several addresses the first one. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = []
  for (let at = error; at instanceof Error && causes.length < 10; ) {
    causes.push(at)
    at = at.cause ?? (at instanceof AggregateError ? at.errors[0] : null)
  }
  return causes
}

const codesOf = (error: unknown) =>
  causesOf(error).flatMap(({ code }: NodeJS.ErrnoException) => (typeof code === 'string' ? [code] : []))

export function whyNot(error: unknown): string {
  const [code] = codesOf(error)
  if (code === undefined) return causesOf(error).findLast(({ message }) => message !== '')?.message ?? String(error)
  if (UNTRUSTED.test(code)) {
    return `a certificate that this machine does not trust (${code}; NODE_EXTRA_CA_CERTS names the file of its authority)`
  }
  return REASONS[code] ?? `a broken connection (${code})`
}

/** Whether the same question may be answered in a moment: a busy server, or a connection that broke once it was there. */
export function isPassing(error: unknown): boolean {
  if (!isSpaceError(error)) return false
  if (error.cause instanceof Refusal) return true
  return codesOf(error.cause).some((code) => code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')
}
