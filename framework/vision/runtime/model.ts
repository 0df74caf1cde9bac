/** A model folder as tasks see it, laid out as on the Hub. */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix, relative, resolve } from 'node:path'
import { SpaceError } from '#core/errors.ts'
import { adviceOf, candidates, DTYPE_SUFFIX, type DtypeChoice, dtypeFor } from '../hub/advice.ts'
import { readGraphs } from '../hub/graphs.ts'
import { isPart } from '../hub/wanted.ts'
import { openImageProcessor } from '../processors/open.ts'
import { parsePythonJson } from '../python-json.ts'
import { DTYPES, type Dtype, type Json, type Model } from '../task.ts'
import { type OpenSession, openSession, type SessionOptions } from './onnx.ts'

/** Which of a folder's graphs are opened. */
export interface GraphOptions {
  readonly dtype?: DtypeChoice | undefined
  /** The folder with the graphs, empty for the root. Default: wherever they are. */
  readonly subfolder?: string | undefined
  /** The graph that is opened for `model`, without dtype and ending. */
  readonly model_file_name?: string | undefined
  /** In place of `config.json`. */
  readonly config?: Json | undefined
}

export interface ModelOptions extends SessionOptions, GraphOptions {}

export interface OpenModel extends Model {
  /** Of all files that are open. */
  byteLength(): Promise<number>
  dispose(): Promise<void>
}

/** Where nobody shares the machine. */
const ALONE: SessionOptions = { threads: 1, providers: ['cpu'], shareWeights: false }

/** @throws SpaceError `model-missing` where there is no such folder. */
export async function openModel(id: string, folder: string, given: Partial<ModelOptions> = {}): Promise<OpenModel> {
  const options = { ...ALONE, ...given }
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SpaceError('model-missing', { model: id, reason: 'there is no such folder' })
  }
  const files = createFiles(id, folder)
  const config = options.config ?? (await files.json('config.json')) ?? (await files.json('model_index.json')) ?? {}
  const sessions = new Map<string, Promise<OpenSession>>()
  const processors = new Map<string, ReturnType<Model['processor']>>()

  const model: OpenModel = {
    id,
    folder,
    config,
    ...files,
    label: (index) => labelOf(model, index),
    broken: (file, reason) => new SpaceError('model-broken', { model: id, file, reason }),
    // In a dtype that nobody wants as well: then `session` says so.
    hasSession: (base) => graphFile(model, base, { ...options, dtype: undefined }).file !== null,
    session(base = 'model') {
      const file = pathOfGraph(model, base, options)
      const open = sessions.get(file) ?? openSession(id, join(folder, file), file, options)
      sessions.set(file, open)
      open.catch(() => sessions.delete(file))
      return open
    },
    processor(medium = 'image') {
      const processor = processors.get(medium) ?? openImageProcessor(model, medium)
      processors.set(medium, processor)
      return processor
    },
    async byteLength() {
      const open = await Promise.all(sessions.values())
      return open.reduce((sum, { byteLength }) => sum + byteLength, 0)
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
        value = parsePythonJson(text)
      } catch (cause) {
        throw broken('it is no JSON', cause)
      }
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
      throw broken('expected an object in it')
    },
  }
}

/** Where a graph may lie: transformers.js' layout, a bare folder, or diffusers' one folder for each component. */
const places = (base: string, suffix: string, subfolder: string | undefined) =>
  subfolder === undefined
    ? [`onnx/${base}${suffix}.onnx`, `${base}${suffix}.onnx`, `${base}/model${suffix}.onnx`]
    : [posix.join(subfolder, `${base}${suffix}.onnx`)]

/** The file of the wanted dtype, null where it is not there; where none is wanted, what the repository advises or has. */
function graphFile(model: Model, name: string, options: ModelOptions) {
  const base = name === 'model' ? (options.model_file_name ?? name) : name
  const found = fileNamed(base, model, options)
  const lone = found.file === null && base === 'model' ? loneGraph(model.folder, options.subfolder) : null
  return lone === null ? found : fileNamed(lone, model, options)
}

function fileNamed(base: string, { folder, config }: Model, options: ModelOptions) {
  const wanted = dtypeFor(options.dtype, [base])
  const advised = dtypeFor(adviceOf(config, options.providers[0]).dtype, [base])
  const placesOf = (dtype: Dtype) => places(base, DTYPE_SUFFIX[dtype], options.subfolder)
  const find = (dtype: Dtype) => placesOf(dtype).find((place) => existsSync(join(folder, place)))
  for (const dtype of candidates(wanted, advised)) {
    const file = find(dtype)
    if (file) return { file }
  }
  return { file: null, missing: placesOf(wanted ?? 'fp32')[0] as string, dtypes: DTYPES.filter(find) }
}

/** The only graph of a folder is the model, whatever it is called: as optimum has it, which writes `model_optimized.onnx`. */
function loneGraph(folder: string, subfolder: string | undefined): string | null {
  const inside = subfolder === undefined ? ['onnx', '.'] : [subfolder]
  const [graph, ...others] = readGraphs(inside.flatMap((place) => namesIn(folder, place)))
  return graph && others.length === 0 && !isPart(graph.base) ? graph.base : null
}

function pathOfGraph(model: Model, base: string, options: ModelOptions): string {
  const { file, missing, dtypes } = graphFile(model, base, options)
  if (file !== null) return file
  throw new SpaceError('model-file-missing', { model: model.id, file: missing, found: list(model.folder), dtypes })
}

const list = (folder: string): string[] => [...namesIn(folder, '.'), ...namesIn(folder, 'onnx')]

/** The files in a place of a folder, as paths from the folder. */
function namesIn(folder: string, place: string): string[] {
  const path = join(folder, place)
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : []
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => posix.join(place, name))
}

/**
 * Transformers' `id2label`, or timm's list of names. Transformers numbers the classes of a model without names, of which
 * it assumes two where `num_labels` does not say more, and of a model with more or fewer names than `num_labels` says.
 */
function labelOf({ id, folder, has, config, broken }: Model, index: number): string {
  const { num_labels = 2 } = config
  const named = config.id2label as Readonly<Record<string, string>> | null | undefined
  const counted = typeof config.num_labels === 'number' && named && Object.keys(named).length !== config.num_labels
  const byId = counted ? undefined : named
  const cfg = config.pretrained_cfg as { label_names?: readonly string[] } | undefined
  const names = (config.label_names as readonly string[] | undefined) ?? cfg?.label_names
  const name = byId?.[String(index)] ?? names?.[index]
  if (name !== undefined) return name
  const numbered = cfg ? !names : !byId && typeof num_labels === 'number' && index < num_labels
  if (numbered) return `LABEL_${index}`
  if (!has('config.json'))
    throw new SpaceError('model-file-missing', { model: id, file: 'config.json', found: list(folder) })
  throw broken('config.json', `it has no name for class ${index}; expected one in id2label, by number`)
}
