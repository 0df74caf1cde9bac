/** `/_spaces/…`: scripts and styles. Their names carry their hash, so a browser may keep them for ever. */

import type { Hono } from 'hono'
import { SpaceError } from '#core/errors.ts'
import type { Asset, ClientAssets } from '../assets.ts'
import { answer, type Ctx, type Env } from '../http.ts'

export function assetRoutes(app: Hono<Env>, assets: ClientAssets): void {
  const accepted = (c: Ctx) => c.req.header('accept-encoding') ?? ''
  app.get('/_spaces/client/:name', async (c) => send(c, await assets.file(c.req.param('name'), accepted(c))))
  app.get('/_spaces/style/:name', async (c) => send(c, await assets.style(c.req.param('name'), accepted(c))))
}

function send(c: Ctx, asset: Asset | null): Response {
  if (asset === null)
    return answer(c, new SpaceError('page-unknown', { path: c.req.path, known: 'a file of the page' }))
  const headers: Record<string, string> = {
    // The policies of the page hold for what it loads; here they would only be bytes.
    'x-content-type-options': 'nosniff',
    'content-type': asset.type,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  }
  if (asset.encoding) headers['content-encoding'] = asset.encoding
  return new Response(asset.body as Uint8Array<ArrayBuffer>, { headers })
}
