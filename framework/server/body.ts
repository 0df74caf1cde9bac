/** Reads the body of an API call: JSON with media as data URLs, or a form with the files themselves. */

import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { SpaceError, show } from '#core/errors.ts'
import type { Wires } from '#core/manifest.ts'
import type { Schema } from '#core/schema.ts'
import type { FileStore } from './files.ts'
import type { Limits } from './limits.ts'
import type { Plan, PlannedField } from './plan.ts'
import type { Session } from './session.ts'

/** What to do about a call that cannot be understood. */
export const CALL_HINT = 'POST the inputs by name: as JSON, media as data URLs, or as a form with the files themselves.'

const invalid = (expected: string, got: string) => new SpaceError('message-invalid', { expected, got, hint: CALL_HINT })

/** Room for everything in a body that is no file. */
const FIELDS_BYTES = 4 * 1024 * 1024

/** Most bytes that a body for these inputs may have: base64 makes three bytes four. */
function maxBody(plan: Plan, limits: Limits): number {
  const files = plan.inputs.filter(({ accept }) => accept !== null).length
  return Math.ceil(limits.maxBytes * 1.4) * files + FIELDS_BYTES
}

export async function readInputs(
  request: IncomingMessage,
  plan: Plan,
  session: Session,
  files: FileStore,
  limits: Limits,
): Promise<Wires> {
  const type = request.headers['content-type'] ?? ''
  const bytes = await readBytes(request, maxBody(plan, limits))
  if (/^multipart\/form-data\b/i.test(type)) return fromForm(await parseForm(bytes, type), plan, session, files)
  return fromJson(parseJson(bytes, type), plan, session, files)
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new SpaceError('message-too-large', { maxBytes })
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** JSON whatever it is called: command-line tools name everything a form. */
function parseJson(bytes: Buffer, type: string): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {}
  let body: unknown
  try {
    body = JSON.parse(bytes.toString())
  } catch {
    if (/json/i.test(type)) throw invalid('JSON', show(bytes.toString()))
    throw invalid('a body of the type application/json or multipart/form-data', show(type))
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('an object with the inputs by name', show(body))
  return body as Readonly<Record<string, unknown>>
}

async function fromJson(
  body: Readonly<Record<string, unknown>>,
  plan: Plan,
  session: Session,
  files: FileStore,
): Promise<Wires> {
  const inputs: Record<string, unknown> = { ...body }
  for (const { name, path, accept } of plan.inputs) {
    if (accept === null || !(name in inputs)) continue
    const take = (url: string, at: string) => receiveDataUrl(url, { accept, path: at }, session, files)
    inputs[name] = await replaceDataUrls(inputs[name], path, take)
  }
  return inputs as Wires
}

/** Puts references in the place of data URLs, however deep they stand; `{ url: 'data:…' }` counts as one. */
async function replaceDataUrls(
  value: unknown,
  path: string,
  take: (url: string, path: string) => Promise<unknown>,
): Promise<unknown> {
  if (typeof value === 'string') return value.startsWith('data:') ? take(value, path) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const [index, item] of value.entries()) items.push(await replaceDataUrls(item, `${path}[${index}]`, take))
    return items
  }
  const { url } = value as { url?: unknown }
  if (typeof url === 'string' && url.startsWith('data:')) return take(url, path)
  const fields: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) fields[key] = await replaceDataUrls(inner, `${path}.${key}`, take)
  return fields
}

function receiveDataUrl(url: string, about: { accept: string; path: string }, session: Session, files: FileStore) {
  const comma = url.indexOf(',')
  if (comma < 0) throw new SpaceError('invalid-value', { path: about.path, expected: 'a data URL', got: show(url) })
  const [head, data] = [url.slice(0, comma), url.slice(comma + 1)]
  const bytes = /;base64$/i.test(head) ? Buffer.from(data, 'base64') : Buffer.from(decode(data))
  return files.receive(session, Readable.from([bytes]), { ...about, name: '' })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function parseForm(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(bytes as unknown as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': type },
    }).formData()
  } catch {
    throw invalid('a form, multipart/form-data', 'something else')
  }
}

async function fromForm(form: FormData, plan: Plan, session: Session, files: FileStore): Promise<Wires> {
  const inputs: Record<string, unknown> = {}
  for (const name of new Set(form.keys())) {
    const field = plan.inputs.find((planned) => planned.name === name)
    const values = form.getAll(name)
    if (field === undefined) inputs[name] = null
    else if (field.accept === null) inputs[name] = formValue(field, values)
    else inputs[name] = await formFiles(field, values, session, files)
  }
  return inputs as Wires
}

/** Text as it is where text is wanted, JSON everywhere else: a form knows nothing but text. */
function formValue({ schema, path }: PlannedField, values: readonly FormDataEntryValue[]): unknown {
  const text = values.at(-1)
  if (typeof text !== 'string') throw new SpaceError('invalid-value', { path, expected: schema.wants, got: 'a file' })
  if (takesAnything(schema)) return jsonIn(text, path)
  try {
    return schema.parse(text, path)
  } catch (error) {
    try {
      return JSON.parse(text)
    } catch {
      throw error
    }
  }
}

/** Text would do for it as well, so it has to be read as JSON before it is taken for text. */
const takesAnything = ({ json }: Schema<unknown>) => Object.keys(json).length === 0

function jsonIn(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SpaceError('invalid-value', { path, expected: 'JSON', got: show(text) })
  }
}

async function formFiles(
  { accept, path, schema }: PlannedField,
  values: readonly FormDataEntryValue[],
  session: Session,
  files: FileStore,
): Promise<unknown> {
  const received: unknown[] = []
  for (const value of values) {
    if (typeof value === 'string') {
      received.push(await formReference(value, { accept: accept ?? '', path }, session, files))
      continue
    }
    const stream = Readable.from([Buffer.from(await value.arrayBuffer())])
    received.push(await files.receive(session, stream, { name: value.name, accept: accept ?? '', path }))
  }
  if (schema.json.type !== 'array') return received.at(-1)
  const items = schema.json.items as { properties?: Record<string, { 'x-accept'?: string }> }
  const slot = Object.entries(items.properties ?? {}).find(([, json]) => json['x-accept'])?.[0]
  const flat = received.flat()
  return slot === undefined ? flat : flat.map((ref) => (isRef(ref) ? { [slot]: ref } : ref))
}

const isRef = (value: unknown) => typeof value === 'object' && value !== null && 'id' in value

/** A text in the place of a file: a data URL, or JSON with references. */
async function formReference(
  text: string,
  about: { accept: string; path: string },
  session: Session,
  files: FileStore,
) {
  if (text.startsWith('data:')) return receiveDataUrl(text, about, session, files)
  try {
    return JSON.parse(text)
  } catch {
    throw new SpaceError('invalid-value', { path: about.path, expected: 'a file', got: show(text) })
  }
}
