/** `GET /healthz`: for load balancers and the curious. */

import type { Hono } from 'hono'
import { COMMON_HEADERS, type Env } from '../http.ts'

export interface Health {
  readonly status: 'ok' | 'closing'
  /** Seconds since the app was made. */
  readonly uptime: number
  readonly version: string
  readonly spaces: number
  readonly running: number
  readonly waiting: number
}

export function healthRoutes(app: Hono<Env>, health: () => Health): void {
  app.get('/healthz', () => {
    const now = health()
    const status = now.status === 'ok' ? 200 : 503
    return Response.json(now, { status, headers: { ...COMMON_HEADERS, 'cache-control': 'no-store' } })
  })
}
