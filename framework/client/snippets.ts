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
  if (!values.some(({ file }) => file)) {
    const body = JSON.stringify(Object.fromEntries(values.map(({ name, value }) => [name, value])), null, 2)
    return `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${body.replaceAll("'", "'\\''")}'`
  }
  const forms = values.map(({ name, value, file }) => {
    if (file) return `-F '${name}=@${file}'`
    return `-F '${name}=${shell(typeof value === 'string' ? value : JSON.stringify(value))}'`
  })
  return [`curl ${url}`, ...forms].join(' \\\n  ')
}

function typescript({ inputs, outputs, examples }: SpaceManifest, base: string): string {
  const values = samples(inputs, examples)
  const files = values.some(({ file }) => file)
  const lines = values.map(
    ({ name, value, file }) => `  ${name}: ${file ? `await openAsBlob('${file}')` : literal(value)},`,
  )
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
  /** File name, where the field takes a file. */
  readonly file: string | null
}

/** A value for each input: from the first example, or what the field holds at the start. */
function samples(inputs: readonly FieldManifest[], examples: SpaceManifest['examples']): SampleValue[] {
  const row = examples[0]?.inputs ?? {}
  return inputs.map(({ name, accept, initial, optional }) => {
    const value = row[name] ?? initial
    const picture = pictureIn(value)
    if (accept !== undefined) return { name, value, file: optional && !picture ? null : (picture?.name ?? 'file.jpg') }
    return { name, value: isEmpty(value) ? null : value, file: null }
  })
}

const shell = (text: string) => text.replaceAll("'", "'\\''")
const literal = (value: unknown) => JSON.stringify(value)
