/** The models below a folder that come with reference results, and those references as they were written down. */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Case, type Reference, referenceOf } from './record.ts'

/** A folder with a model. */
export interface ModelCases {
  readonly name: string
  readonly cases: readonly Case[]
  /** Why there are no cases: it has no reference results, or they cannot be read. */
  readonly problem: { readonly fails: boolean; readonly what: string } | null
}

const EXPECTED = 'expected.json'
const MODEL_FILES = ['config.json', 'model_index.json', 'onnx']
/** Folders whose contents are no models of their own. */
const INSIDE = /^(\.|node_modules$|onnx$)/

const small = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
/** The whole collection, where it is; most of the small ones are copies out of it. */
export const COLLECTION = fileURLToPath(new URL('../../../shared/fixtures/hf-tiny', import.meta.url))

/** Every model that is here: those of this repository, and the collection. */
export function knownModels(): ModelCases[] {
  const collected = findModels(COLLECTION)
  return [...collected, ...findModels(small).filter(({ name }) => !collected.some((model) => model.name === name))]
}

/** Every model at or below `root` (a folder, or an `expected.json`), in the order of their names. */
export function findModels(root: string): ModelCases[] {
  const top = basename(root) === EXPECTED ? join(root, '..') : root
  const seen = new Set<string>()
  const walk = (folder: string, inModel: boolean): ModelCases[] => {
    const real = realpathSync(folder)
    if (seen.has(real)) return []
    seen.add(real)
    const own = modelAt(folder, relative(top, folder) || basename(real), top)
    // A part of a model, such as a UNet in its folder, is no model without references.
    const told = own && !(inModel && own.problem?.fails === false) ? [own] : []
    return [...told, ...foldersIn(folder).flatMap((inner) => walk(inner, inModel || own !== null))]
  }
  return isFolder(top) ? walk(top, false) : []
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const foldersIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !INSIDE.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter(isFolder)

function modelAt(folder: string, name: string, root: string): ModelCases | null {
  const file = join(folder, EXPECTED)
  const isModel = MODEL_FILES.some((entry) => existsSync(join(folder, entry)))
  if (!existsSync(file)) {
    if (!isModel) return null
    return { name, cases: [], problem: { fails: false, what: `it has no ${EXPECTED}` } }
  }
  try {
    const records = recordsOf(parse(readFileSync(file, 'utf8')))
    // Folders of pictures have an expected.json of another kind.
    if (records.length === 0 && !isModel) return null
    if (records.length === 0) throw new Error('it holds no reference with a task')
    return { name, problem: null, cases: records.map((reference) => ({ name, folder, root, reference })) }
  } catch (error) {
    const what = `${EXPECTED}: ${error instanceof Error ? error.message : String(error)}`
    return { name, cases: [], problem: { fails: true, what } }
  }
}

/** JSON as Python writes it too, with NaN and Infinity. */
function parse(text: string): unknown {
  const plain = text.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(plain)
  } catch {
    return JSON.parse(plain.replace(/(?<=[[:,\s])-?(?:NaN|Infinity)(?=[\],}\s])/g, 'null'))
  }
}

type Json = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** One record with further ones in `also`, a list of records, or a list under `cases`. */
function recordsOf(written: unknown): Reference[] {
  const [first = {}, others] = Array.isArray(written)
    ? [written[0], written.slice(1)]
    : isRecord(written)
      ? [written, [written.also, written.cases].flatMap((list) => (Array.isArray(list) ? list : []))]
      : [{}, []]
  if (!isRecord(first)) return []
  // What a further record leaves out is as in the first.
  const { task, model, file, input, tolerance } = first
  const inherited = Object.fromEntries(
    Object.entries({ task, model, file, input, tolerance }).filter(([, value]) => value !== undefined),
  )
  const records = [
    ...('output' in first ? [first] : []),
    ...others.filter(isRecord).map((one) => ({ ...inherited, ...one })),
  ]
  return records.filter((one) => typeof one.task === 'string').map(referenceOf)
}
