/** A model folder as tasks see it, laid out as on the Hub. */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { SpaceError } from '#core/errors.ts'
import { DTYPE_SUFFIX, type DtypeChoice } from '../hub/wanted.ts'
import { openImageProcessor } from '../processors/open.ts'
import { DTYPES, type Dtype, type Json, type Model } from '../task.ts'
import { type OpenSession, openSession, type SessionOptions } from './onnx.ts'

export interface ModelOptions extends SessionOptions {
  readonly dtype?: DtypeChoice
}

export interface OpenModel extends Model {
  dispose(): Promise<void>
}

/** @throws SpaceError `model-missing` where there is no such folder. */
export async function openModel(id: string, folder: string, options: ModelOptions): Promise<OpenModel> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SpaceError('model-missing', { model: id, reason: 'there is no such folder' })
  }
  const files = createFiles(id, folder)
  const config = (await files.json('config.json')) ?? (await files.json('model_index.json')) ?? {}
  const sessions = new Map<string, Promise<OpenSession>>()
  let processor: ReturnType<Model['processor']> | null = null

  const model: OpenModel = {
    id,
    folder,
    config,
    ...files,
    label: (index) => labelOf(model, index),
    broken: (file, reason) => new SpaceError('model-broken', { model: id, file, reason }),
    hasSession: (base) => find(folder, base, DTYPES) !== null,
    session(base = 'model') {
      const file = graphFile(model, base, options.dtype)
      const open = sessions.get(file) ?? openSession(id, join(folder, file), file, options)
      sessions.set(file, open)
      open.catch(() => sessions.delete(file))
      return open
    },
    processor() {
      processor ??= openImageProcessor(model)
      return processor
    },
    async dispose() {
      const open = await Promise.allSettled(sessions.values())
      sessions.clear()
      await Promise.all(open.map((entry) => (entry.status === 'fulfilled' ? entry.value.dispose() : undefined)))
    },
  }
  return model
}

function createFiles(id: string, folder: string): Pick<Model, 'has' | 'json' | 'bytes'> {
  const pathOf = (file: string) => {
    const path = resolve(folder, file)
    if (relative(folder, path).startsWith('..')) {
      throw new SpaceError('model-broken', { model: id, file, reason: 'it lies outside the model’s folder' })
    }
    return path
  }
  const bytes = async (file: string): Promise<Uint8Array> => {
    const path = pathOf(file)
    if (!existsSync(path)) throw new SpaceError('model-file-missing', { model: id, file, found: list(folder) })
    return readFile(path)
  }
  return {
    has: (file) => existsSync(pathOf(file)),
    bytes,
    async json(file) {
      if (!existsSync(pathOf(file))) return null
      const broken = (reason: string, cause?: unknown) =>
        new SpaceError('model-broken', { model: id, file, reason }, cause === undefined ? {} : { cause })
      const text = Buffer.from(await bytes(file)).toString('utf8')
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch (cause) {
        throw broken('it is no JSON', cause)
      }
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
      throw broken('expected an object in it')
    },
  }
}

/** Where a graph may lie: transformers.js' layout, a bare folder, or diffusers' one folder for each component. */
const places = (base: string, suffix: string) => [
  `onnx/${base}${suffix}.onnx`,
  `${base}${suffix}.onnx`,
  `${base}/model${suffix}.onnx`,
]

function find(folder: string, base: string, dtypes: readonly Dtype[]): string | null {
  for (const dtype of dtypes) {
    const file = places(base, DTYPE_SUFFIX[dtype]).find((place) => existsSync(join(folder, place)))
    if (file) return file
  }
  return null
}

/** The file of the wanted dtype; where none was asked for, full precision or else whatever there is. */
function graphFile({ id, folder, config }: Model, base: string, choice: DtypeChoice | undefined): string {
  const wanted = dtypeOf(choice, base)
  const advised = dtypeOf((config['transformers.js_config'] as { dtype?: DtypeChoice } | undefined)?.dtype, base)
  const file = wanted ? find(folder, base, [wanted]) : find(folder, base, advised ? [advised, ...DTYPES] : DTYPES)
  if (file) return file
  const missing = places(base, wanted ? DTYPE_SUFFIX[wanted] : '')[0] as string
  throw new SpaceError('model-file-missing', { model: id, file: missing, found: list(folder) })
}

function dtypeOf(choice: DtypeChoice | undefined, base: string): Dtype | undefined {
  const dtype = typeof choice === 'object' ? choice[base] : choice
  return dtype !== undefined && dtype in DTYPE_SUFFIX ? dtype : undefined
}

function list(folder: string): string[] {
  const at = (path: string) => (existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [])
  const graphs = at(join(folder, 'onnx')).map(({ name }) => `onnx/${name}`)
  return [...at(folder).flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])), ...graphs]
}

/**
 * Transformers' `id2label`, or timm's list of names. Transformers numbers the classes of a model without names, of which
 * it assumes two where `num_labels` does not say more.
 */
function labelOf({ config, broken }: Model, index: number): string {
  const byId = config.id2label as Readonly<Record<string, string>> | undefined
  const cfg = config.pretrained_cfg as { label_names?: readonly string[] } | undefined
  const names = (config.label_names as readonly string[] | undefined) ?? cfg?.label_names
  const name = byId?.[String(index)] ?? names?.[index]
  if (name !== undefined) return name
  const { num_labels = 2 } = config
  const numbered = cfg ? !names : !byId && typeof num_labels === 'number' && index < num_labels
  if (numbered) return `LABEL_${index}`
  throw broken('config.json', `it has no name for class ${index}; expected one in id2label, by number`)
}
