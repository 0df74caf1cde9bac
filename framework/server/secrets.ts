/** Signatures and unguessable names. */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface Signer {
  /** HMAC-SHA256 over the parts, cut to 128 bits, in 22 characters that are good in a URL. */
  sign(...parts: readonly string[]): string
  /** Compares in a time that does not depend on how much of the signature is right. */
  verify(signature: string, ...parts: readonly string[]): boolean
}

export function createSigner(secret: Uint8Array = randomBytes(32)): Signer {
  const sign = (...parts: readonly string[]) =>
    createHmac('sha256', secret).update(parts.join('\0')).digest().subarray(0, 16).toString('base64url')
  return {
    sign,
    // As text: several texts stand for the same bytes in base64, and only one of them is ours.
    verify(signature, ...parts) {
      const [given, wanted] = [Buffer.from(signature), Buffer.from(sign(...parts))]
      return given.length === wanted.length && timingSafeEqual(given, wanted)
    },
  }
}

export const token = (byteLength = 15): string => randomBytes(byteLength).toString('base64url')

/** Crockford's digits: none is taken for another when read out. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Names a failure in the log and on the page: `7F3K-21QX`. */
export function createReference(): string {
  const digits = Array.from(randomBytes(8), (byte) => DIGITS[byte & 31])
  return `${digits.slice(0, 4).join('')}-${digits.slice(4).join('')}`
}
