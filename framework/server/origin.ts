/** Which pages may call this server: its own, those that are listed, and programs that are no pages at all. */

import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/**
 * A browser names the page's origin in every upgrade and every POST. A page cannot set `X-Forwarded-Host`, so a proxy
 * that rewrites `Host` may say there what the browser asked for.
 */
export function isAllowedOrigin(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  if (allowed.includes(origin)) return true
  const asked = [host, headers['x-forwarded-host']].flat().filter((name) => name !== undefined)
  try {
    return asked.includes(new URL(origin).host)
  } catch {
    return false
  }
}

/**
 * Whether a request came under a name that this server goes by. A page of another site may give its own name this
 * computer's address (DNS rebinding) and would then be of the same origin as the server: only the name tells.
 * @param allowed - names beside `localhost` and plain addresses; null takes every name.
 */
export function isAllowedHost({ host }: IncomingHttpHeaders, allowed: readonly string[] | null): boolean {
  if (allowed === null || host === undefined) return true
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0 || allowed.includes(name)
}

/** What a browser under another name is told. */
export const wrongHost = (host: string | undefined) =>
  `This server does not go by the name “${host ?? ''}”. Open it at localhost, or start it with --allow-host.`
