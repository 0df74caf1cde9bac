/** What the browser is told of a space, made from its declaration: labels, options, examples in their wire form. */

import { basename } from 'node:path'
import type { Files } from '#core/component.ts'
import { SpaceError } from '#core/errors.ts'
import type { LoadedSpace } from '#core/loaded.ts'
import type { ExampleManifest, FieldManifest, GalleryCard, SpaceManifest, Wires } from '#core/manifest.ts'
import type { FileRef } from '#core/schema.ts'
import type { AnySpace } from '#core/space.ts'
import { plainText, renderMarkdown } from '#text/markdown.ts'
import type { Plan, PlannedField } from './plan.ts'

/** The task of a space that has only one. */
export const TASK = 'predict'

export async function createManifest(
  loaded: LoadedSpace,
  space: AnySpace,
  plan: Plan,
  files: Files,
  maxBytes: number,
): Promise<SpaceManifest> {
  const [summary, article, examples] = await Promise.all([
    renderMarkdown(space.summary),
    renderMarkdown(space.article),
    createExamples(space, plan, files, shownFile(loaded)),
  ])
  return {
    slug: loaded.slug,
    title: space.title,
    summary,
    article,
    inputs: plan.inputs.map(describe),
    // An output holds nothing before its first run, whatever an input of that kind starts with.
    outputs: plan.outputs.map((planned) => describe({ ...planned, initial: null })),
    task: { name: TASK, action: space.action, live: space.live, streaming: isGenerator(space.run) },
    examples,
    maxBytes,
    revision: loaded.revision,
  }
}

function describe({ name, label, field, schema, initial }: PlannedField): FieldManifest {
  const { kind, component, optional } = field
  const accept = schema.json['x-accept']
  const about = { name, kind, label, frame: component.frame, optional, options: { ...field.options }, initial }
  return typeof accept === 'string' ? { ...about, accept } : about
}

const isGenerator = (run: unknown) => /Generator/.test(Object.prototype.toString.call(run))

/** The space file without its place on the disk: visitors may read it. */
const shownFile = ({ slug, file }: LoadedSpace) => `${slug ? `${slug}/` : ''}${basename(file)}`

/** @throws SpaceError `invalid-declaration`, naming every example that does not fit */
async function createExamples(space: AnySpace, plan: Plan, files: Files, file: string): Promise<ExampleManifest[]> {
  const problems: string[] = []
  const rows = await Promise.all(
    space.examples.map(async (row, index) => {
      const inputs: Record<string, Wires[string]> = {}
      for (const planned of plan.inputs) {
        const value = row[planned.name]
        if (value === undefined) continue
        const path = `examples[${index}].${planned.name}`
        try {
          inputs[planned.name] = (await toWire(planned, value, files, path)) as Wires[string]
        } catch (error) {
          problems.push(`${path}: ${reason(error, path)}`)
        }
      }
      return { inputs }
    }),
  )
  if (problems.length) throw new SpaceError('invalid-declaration', { problems: problems.sort(), file })
  return rows
}

/** The wire form of a value that an author wrote into an example. */
export async function toWire({ codec, field, schema }: PlannedField, value: unknown, files: Files, path: string) {
  if (value === null && field.optional) return null
  const convert = codec?.sample ?? codec?.encode
  const wire: unknown = convert ? await convert(value, field.options, files, path) : value
  return schema.parse(wire, path)
}

function reason(error: unknown, path: string): string {
  const { code, path: file = '' } = error as { code?: string; path?: string }
  if (code === 'ENOENT') return `expected a file, got none at ${file}. Put it there, or correct the path.`
  const message = error instanceof Error ? error.message : String(error)
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
}

/** The card of a space on the gallery's page. */
export async function createCard(loaded: LoadedSpace, manifest: SpaceManifest | null): Promise<GalleryCard> {
  const { slug, space, problem } = loaded
  if (space === null || manifest === null) {
    const said = problem?.message ?? 'The space does not load.'
    return { slug, title: slug, summary: '', cover: null, note: '', tags: [], problem: said }
  }
  const words = (fields: readonly FieldManifest[]) => [...new Set(fields.map(({ kind }) => kindWords(kind)))].join(', ')
  return {
    slug,
    title: space.title,
    summary: await plainText(space.summary),
    cover: coverOf(manifest),
    note: `${words(manifest.inputs)} → ${words(manifest.outputs)}`,
    tags: space.tags,
    problem: null,
  }
}

function coverOf({ examples }: SpaceManifest): FileRef | null {
  for (const { inputs } of examples) {
    for (const wire of Object.values(inputs)) {
      const picture = findPicture(wire)
      if (picture) return picture
    }
  }
  return null
}

function findPicture(wire: unknown): FileRef | null {
  if (typeof wire !== 'object' || wire === null) return null
  const { id, mime } = wire as Partial<FileRef>
  if (typeof id === 'string' && typeof mime === 'string') return mime.startsWith('image/') ? (wire as FileRef) : null
  for (const inner of Object.values(wire)) {
    const picture = findPicture(inner)
    if (picture) return picture
  }
  return null
}

const ACRONYMS = /^(json|html|css|svg|pdf)$/

/** A kind in words: `annotated-image` is “Annotated image”, `json` is “JSON”. */
function kindWords(kind: string): string {
  const words = kind.split('-').map((word) => (ACRONYMS.test(word) ? word.toUpperCase() : word))
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
