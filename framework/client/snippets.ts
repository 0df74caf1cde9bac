/** Calls of one space in a shell and in TypeScript, written with its own field names and values. */

import type { FieldManifest, SpaceManifest } from '#core/manifest.ts'
import { pictureIn } from './files.ts'
import { isEmpty } from './form.ts'

export interface Snippet {
  readonly name: string
  readonly about: string
  readonly code: string
}

/** @param base - address of the space, with a slash at its end. */
export function snippetsOf(manifest: SpaceManifest, base: string): Snippet[] {
  return [
    {
      name: 'curl',
      about:
        'Answers with the outputs by their names. Files come as addresses, or whole with media=inline in the query.',
      code: curl(manifest, `${base}api/${manifest.task.name}`),
    },
    {
      name: 'TypeScript',
      about: 'The client of the package, for browsers and Node, with types from the space file.',
      code: typescript(manifest, base),
    },
  ]
}

function curl({ inputs, examples }: SpaceManifest, url: string): string {
  const values = samples(inputs, examples)
  if (!values.some(({ files }) => files)) {
    const body = JSON.stringify(Object.fromEntries(values.map(({ name, value }) => [name, value])), null, 2)
    return `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${shell(body)}'`
  }
  const forms = values.flatMap(({ name, value, files }) => {
    if (files) return files.map((file) => `-F '${name}=@${shell(file)}'`)
    return `-F '${name}=${shell(typeof value === 'string' ? value : JSON.stringify(value))}'`
  })
  return [`curl ${url}`, ...forms].join(' \\\n  ')
}

function typescript({ inputs, outputs, examples }: SpaceManifest, base: string): string {
  const values = samples(inputs, examples)
  const files = values.some(({ files }) => files)
  const lines = values.map((sample) => `  ${sample.name}: ${expressionOf(sample)},`)
  return [
    ...(files ? ["import { openAsBlob } from 'node:fs'"] : []),
    "import { connect } from 'spaces/client'",
    "import type space from './space.ts'",
    '',
    `await using client = await connect<typeof space>('${base}')`,
    `const { ${outputs.map(({ name }) => name).join(', ')} } = await client.run({`,
    ...lines,
    '})',
  ].join('\n')
}

interface SampleValue {
  readonly name: string
  readonly value: unknown
  /** File names, where the field takes files. */
  readonly files: readonly string[] | null
  readonly isList: boolean
}

/** Stands where the reader has to put something. */
const YOURS = '…'

/** A value for each input: from the first example, or what the field holds at the start. What may be empty is left out. */
function samples(inputs: readonly FieldManifest[], examples: SpaceManifest['examples']): SampleValue[] {
  const row = examples[0]?.inputs ?? {}
  return inputs.flatMap(({ name, accept, initial, optional }) => {
    const value = row[name] ?? initial
    if (optional && isEmpty(value)) return []
    const pictures = Array.isArray(value) ? value.map(pictureIn) : [pictureIn(value)]
    const names = pictures.flatMap((picture) => (picture ? [picture.name] : []))
    const files = names.length ? names : accept === undefined ? null : ['file.jpg']
    return [{ name, value: isEmpty(value) ? YOURS : value, files, isList: Array.isArray(value) }]
  })
}

function expressionOf({ value, files, isList }: SampleValue): string {
  if (!files) return JSON.stringify(value)
  const opened = files.map((file) => `await openAsBlob(${quoted(file)})`)
  return isList ? `[${opened.map((blob) => `{ image: ${blob}, caption: null }`).join(', ')}]` : (opened[0] ?? '')
}

const shell = (text: string) => text.replaceAll("'", "'\\''")
const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
