/** Which pages may call this server: its own, those that are listed, and programs that are no pages at all. */

import type { IncomingHttpHeaders } from 'node:http'

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
