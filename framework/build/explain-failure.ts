/** Turns whatever goes wrong while a space file is loaded into one error with the file, the reason and the lines. */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isSpaceError, SpaceError, show } from '#core/errors.ts'
import { nearest } from '#core/space.ts'
import { BundleError, type Place, shownPath } from './bundle-error.ts'
import { codeFrame } from './code-frame.ts'

/** @param inputs - the files that the space is made of. */
export async function explainFailure(error: unknown, file: string, inputs: readonly string[]): Promise<SpaceError> {
  if (isSpaceError(error)) {
    if (error.code === 'space-broken') return error
    if (error.code === 'invalid-declaration') {
      const { problems } = error.details as { problems: readonly string[] }
      return new SpaceError('invalid-declaration', { problems, file: shownPath(file) }, { cause: error })
    }
  }
  const { reason, place } = await diagnose(error, file, inputs)
  const frame = place && (await frameAt(place))
  const details = { file: shownPath(place?.file ?? file, place), reason: sentence(reason), ...(frame ? { frame } : {}) }
  return new SpaceError('space-broken', details, { cause: error })
}

interface Diagnosis {
  readonly reason: string
  readonly place: Place | null
}

async function diagnose(error: unknown, file: string, inputs: readonly string[]): Promise<Diagnosis> {
  if (!existsSync(file)) return { reason: 'there is no such file', place: null }
  if (error instanceof BundleError) return { reason: error.message, place: error.place }
  if (!(error instanceof Error))
    return { reason: `expected a module that loads, got a throw of ${show(error)}`, place: null }
  const missing = /requested module '(.+?)' does not provide an export named '(.+?)'/.exec(error.message)
  if (missing) return missingExport(missing[1] ?? '', missing[2] ?? '', inputs)
  return { reason: `stops while it loads: ${error.name}: ${error.message}`, place: placeIn(error.stack ?? '', inputs) }
}

/** Node names the place in the bundle; the author's own line is the one that spells the name. */
async function missingExport(url: string, name: string, inputs: readonly string[]): Promise<Diagnosis> {
  const known = await import(url).then(Object.keys, () => [])
  const [specifier, place] = await findImport(name, inputs)
  const hint = nearest(name, known)
  return { reason: `“${specifier ?? url}” has no export “${name}”${hint ? `. ${hint}` : ''}`, place }
}

async function findImport(name: string, inputs: readonly string[]): Promise<[string | null, Place | null]> {
  const pattern = new RegExp(`import[^;'"]*?\\b(${name.replaceAll('$', '\\$')})\\b[^;'"]*?from\\s*['"]([^'"]+)`, 'd')
  for (const file of inputs) {
    const source = await readFile(file, 'utf8')
    const found = pattern.exec(source)
    const start = found?.indices?.[1]?.[0]
    if (!found || start === undefined) continue
    const before = source.slice(0, start).split('\n')
    const column = (before.at(-1)?.length ?? 0) + 1
    return [found[2] ?? null, { file, line: before.length, column, length: name.length }]
  }
  return [null, null]
}

/** The innermost of the author's own lines in a stack, which source maps have put into their terms. */
function placeIn(stack: string, inputs: readonly string[]): Place | null {
  for (const [, where = '', line, column] of stack.matchAll(
    /(?:\(|at )((?:file:\/\/|\/|[A-Z]:\\)[^\n]*?):(\d+):(\d+)\)?$/gm,
  )) {
    const file = where.startsWith('file:') ? fileURLToPath(where) : where
    if (inputs.includes(file)) return { file, line: Number(line), column: Number(column), length: 1 }
  }
  return null
}

async function frameAt({ file, line, column, length }: Place): Promise<string | null> {
  const source = await readFile(file, 'utf8').catch(() => null)
  return source === null ? null : codeFrame(source, line, column, length)
}

const sentence = (text: string) => (/[.!?`]$/.test(text) ? text : `${text}.`)
