/** `POST /api/<task>`: the same jobs as those of the page, asked for in one call and answered in one. */

import type { Hono } from 'hono'
import { ERRORS } from '#core/error-catalogue.ts'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { Wires } from '#core/manifest.ts'
import type { FileRef } from '#core/schema.ts'
import { CALL_HINT, readInputs } from '../body.ts'
import type { FileStore } from '../files.ts'
import type { Host } from '../host.ts'
import { answerError, COMMON_HEADERS, type Ctx, type Env, recognize } from '../http.ts'
import type { Asker, End } from '../job.ts'
import type { Limits } from '../limits.ts'
import { TASK } from '../manifest.ts'
import type { Session, Sessions } from '../session.ts'
import { toDataUrl } from './files.ts'

export interface ApiOptions {
  readonly files: FileStore
  readonly sessions: Sessions
  readonly limits: Limits
  host(c: Ctx): Host
}

export function apiRoutes(app: Hono<Env>, base: string, options: ApiOptions): void {
  app.post(`${base}/api/:task`, (c) => predict(c, options))
  app.all(`${base}/api/:task`, (c) => {
    const about = { expected: 'the method POST', got: c.req.method, hint: CALL_HINT }
    const error = new SpaceError('message-invalid', about)
    const answered = answerError(error.toPublic(), 405)
    answered.headers.set('allow', 'POST')
    return answered
  })
}

async function predict(c: Ctx, options: ApiOptions): Promise<Response> {
  const host = options.host(c)
  const engine = await host.engine()
  const task = c.req.param('task') ?? ''
  if (task !== TASK) throw new SpaceError('task-unknown', { task, known: [TASK] })
  const session = recognize(c, options.sessions) ?? options.sessions.openLink()
  const inputs = await readInputs(c.env.incoming, engine.plan, session, options.files, options.limits)
  const end = await runToEnd(host, task, inputs, session, c)
  session.seenAt = Date.now()
  if (end.type === 'failed') return answerError(end.error, ERRORS[end.error.code].status)
  if (end.type === 'cancelled')
    return answerError(new SpaceError('refused', { message: 'The run was cancelled.' }).toPublic(), 499)
  const outputs = await present(c, end.outputs, options.files, session)
  return Response.json(outputs, { headers: { ...COMMON_HEADERS, 'cache-control': 'no-store' } })
}

/** Waits for a job's end; a caller who hangs up has it cancelled. */
async function runToEnd(host: Host, task: string, inputs: Wires, session: Session, c: Ctx): Promise<End> {
  const engine = await host.engine()
  const { outgoing } = c.env
  let hangUp = () => {}
  try {
    return await new Promise<End>((resolve, reject) => {
      const asker: Asker = {
        touched() {},
        patch() {},
        pressure: () => null,
        ended: (_job, end) => resolve(end),
      }
      try {
        const job = host.admit(engine, 'api', task, inputs, session, asker)
        hangUp = () => job.end({ type: 'cancelled' })
        outgoing.once('close', hangUp)
        host.enqueue(job)
      } catch (error) {
        reject(isSpaceError(error) ? error : new Error('The run could not be started.', { cause: error }))
      }
    })
  } finally {
    outgoing.off('close', hangUp)
  }
}

/** Outputs as a caller reads them: media by their URL, or with their bytes. */
async function present(c: Ctx, outputs: Wires, files: FileStore, session: Session): Promise<unknown> {
  const inline = c.req.query('media') === 'inline'
  const folder = publicUrl(c).replace(/\/api\/[^/]*$/, '/files/')
  const show = async ({ id, mime, name, byteLength, width, height }: FileRef) => {
    const file = inline ? files.find(session, id) : null
    const url = file ? await toDataUrl(file) : `${folder}${encodeURIComponent(id)}/${encodeURIComponent(name)}`
    return { url, mime, name, byteLength, ...(width === undefined ? {} : { width, height }) }
  }
  const entries = Object.entries(outputs).map(async ([name, wire]) => [name, await replaceRefs(wire, show)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function replaceRefs(value: unknown, show: (ref: FileRef) => Promise<unknown>): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Promise.all(value.map((item) => replaceRefs(item, show)))
  const { id, mime, byteLength } = value as Partial<FileRef>
  if (typeof id === 'string' && typeof mime === 'string' && typeof byteLength === 'number')
    return show(value as FileRef)
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await replaceRefs(inner, show)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** The address that the caller used, as far as a proxy tells: only the caller itself reads it. */
function publicUrl(c: Ctx): string {
  const { pathname, host, protocol } = new URL(c.req.url)
  const forwarded = (name: string) => c.req.header(`x-forwarded-${name}`)?.split(',')[0]?.trim()
  const origin = `${forwarded('proto') ?? protocol.slice(0, -1)}://${forwarded('host') ?? host}`
  return `${origin}${forwarded('prefix')?.replace(/\/$/, '') ?? ''}${pathname}`
}
