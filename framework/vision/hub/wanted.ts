/**
 * Which files of a repository a model needs: its configuration and tokenizer, and the graphs of one dtype. A repository
 * for onnxruntime often holds eight dtypes of the same graph, and weights for other frameworks beside.
 */

import type { Dtype } from '../task.ts'
import {
  type Advice,
  candidates,
  DTYPE_SUFFIX,
  type DtypeChoice,
  dtypeFor,
  type ExternalDataFormat,
  externalDataCount,
} from './advice.ts'
import { escaped, externalDataOf, type Graph, inFolder, isNamed, readGraphs, trimmed } from './graphs.ts'

export interface Selection {
  /** What the model is for: some tasks run a part of it that a repository has on its own. */
  readonly task?: string | undefined
  readonly dtype?: DtypeChoice | undefined
  /** The folder with the graphs, empty for the root. Default: `onnx`, or wherever a repository has them. */
  readonly subfolder?: string | undefined
  /** The graph that is taken for `model`, without dtype and ending. */
  readonly modelFile?: string | undefined
  /** Names of the graphs, without dtype and ending, to take instead of those of the task; none of them where empty. */
  readonly graphs?: readonly string[] | undefined
  /** In how many files the weights beside a graph lie. Default: as many as there are. */
  readonly externalData?: ExternalDataFormat | undefined
  /** Paths, or patterns with `*` for anything within a folder, of the graphs to take instead of those of the dtype. */
  readonly files?: readonly string[] | undefined
}

/** What is selected, and what was asked for but is not in the repository. */
export interface Wanted {
  readonly paths: readonly string[]
  readonly missing: readonly Missing[]
}

export interface Missing {
  readonly path: string
  /** The dtypes that there are of this graph, where it is a dtype that is missing. */
  readonly dtypes?: readonly Dtype[]
}

/**
 * @param paths - every file of the repository
 * @param advice - what the repository says of itself; it yields to the selection, and to what there is
 */
export function wantedFiles(paths: readonly string[], selection: Selection = {}, advice: Advice = {}): Wanted {
  const texts = paths.filter((path) => isText(path) || isOnlyTokenizer(path, paths))
  const { chosen, missing } = selection.files ? matching(paths, selection.files) : graphsOf(paths, selection, advice)
  const format = selection.externalData ?? advice.externalData
  const data = chosen.map(({ path, base }) => externalDataOf(path, paths, countFor(format, path, base)))
  const found = [...chosen.map(({ path }) => path), ...data.flatMap((each) => each.paths)]
  return {
    paths: [...new Set([...texts, ...found])].sort(),
    missing: [...missing, ...data.flatMap((each) => each.missing)],
  }
}

const countFor = (format: ExternalDataFormat | undefined, path: string, base: string) =>
  externalDataCount(format, base, path.slice(path.lastIndexOf('/') + 1))

/** A graph's file, and what a choice may call it. */
interface Chosen {
  readonly path: string
  readonly base: string
}

interface Found {
  readonly chosen: readonly Chosen[]
  readonly missing: readonly Missing[]
}

/** Configuration, tokenizers, label lists; not the index of another framework's weights, nor folders of samples. */
function isText(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path.split('/').length > 2 || name.endsWith('.index.json')) return false
  return /\.(json|jinja)$/.test(name) || /^(vocab|merges|labels|classes)\.txt$/.test(name)
}

/** SentencePiece's file of some megabytes, where there is no `tokenizer.json` beside it. */
function isOnlyTokenizer(path: string, paths: readonly string[]): boolean {
  const [file, folder = ''] = /^([^/]*\/)?(?:spiece|sentencepiece\.bpe)\.model$/.exec(path) ?? []
  return file !== undefined && !paths.includes(`${folder}tokenizer.json`)
}

function matching(paths: readonly string[], patterns: readonly string[]): Found {
  const chosen: Chosen[] = []
  const missing: Missing[] = []
  for (const pattern of patterns) {
    const expression = new RegExp(`^${pattern.split('*').map(escaped).join('[^/]*')}$`)
    const hits = paths.filter((path) => expression.test(path))
    chosen.push(...hits.map((path) => ({ path, base: path })))
    if (hits.length === 0) missing.push({ path: pattern })
  }
  return { chosen, missing }
}

/** What a repository has that is made for other runtimes alone. */
const OTHER_WEIGHTS = /\.(safetensors|h5|msgpack|ckpt|pth|tflite)$|(^|\/)pytorch_model[^/]*\.bin$/

function graphsOf(paths: readonly string[], selection: Selection, advice: Advice): Found {
  const all = readGraphs(paths)
  if (all.length === 0 && !selection.graphs && paths.some((path) => OTHER_WEIGHTS.test(path)))
    return { chosen: [], missing: [{ path: 'onnx/model.onnx' }] }
  const usable = inFolder(all, paths, selection.subfolder).map((graph) => choose(graph, selection, advice))
  const only = selection.graphs ?? (selection.modelFile === undefined ? null : [selection.modelFile])
  const graphs = only ? usable.filter((graph) => only.some((name) => isNamed(graph, name))) : needed(usable, selection)
  const missing = graphs.flatMap(({ folder, base, own, dtype, byDtype }) =>
    own && !dtype && (only || ESSENTIAL.test(base)) ? absent(folder, base, own, [...byDtype.keys()]) : [],
  )
  for (const name of only ?? []) {
    if (graphs.some((graph) => isNamed(graph, name))) continue
    missing.push(absent(trimmed(selection.subfolder ?? 'onnx'), name, dtypeFor(selection.dtype, [name]) ?? 'fp32'))
  }
  return { chosen: graphs.flatMap(({ base, path }) => (path ? { path, base } : [])), missing }
}

/** A graph with the dtype that is taken of it, and the one that was asked for. */
interface ChosenGraph extends Graph {
  readonly own: Dtype | undefined
  readonly dtype: Dtype | undefined
  readonly path: string | undefined
}

function choose(graph: Graph, selection: Selection, advice: Advice): ChosenGraph {
  const { base, folder, byDtype } = graph
  const own = dtypeFor(selection.dtype, [base, folder])
  const dtype = candidates(own, dtypeFor(advice.dtype, [base, folder])).find((each) => byDtype.has(each))
  return { ...graph, own, dtype, path: dtype && byDtype.get(dtype) }
}

function absent(folder: string, base: string, dtype: Dtype, dtypes: readonly Dtype[] = []): Missing {
  const path = `${folder ? `${folder}/` : ''}${base}${DTYPE_SUFFIX[dtype]}.onnx`
  return dtypes.length > 0 ? { path, dtypes } : { path }
}

/** Graphs that no model runs without; a repository may hold others (a preprocessing of its own) in one dtype alone. */
const ESSENTIAL =
  /^(model|(text|vision|embed|image)_\w+|(encoder|decoder)(_\w+)?|embed_tokens|prompt_encoder_mask_decoder|unet|transformer|vae_decoder)$/

/** Whether a graph's name says that it is one of several. */
export const isPart = (base: string) => base !== 'model' && ESSENTIAL.test(base)

/** Exports of one model overlap: where the whole is there, its parts are the same weights again. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  model: ['text_model', 'vision_model', 'vision_encoder', 'mask_decoder'],
  decoder_model_merged: ['decoder_model', 'decoder_with_past_model'],
}

/** Tasks for which these parts are enough, where a repository has all of them. */
const ENOUGH: Readonly<Record<string, readonly string[]>> = {
  'image-feature-extraction': ['vision_model'],
  'image-guided-object-detection': ['vision_encoder'],
  'image-guided-segmentation': ['vision_encoder', 'mask_decoder'],
}

function needed(usable: readonly ChosenGraph[], { task = '' }: Selection): readonly ChosenGraph[] {
  const enough = usable.filter(({ base, path }) => path && ENOUGH[task]?.includes(base))
  if (enough.length > 0 && enough.length === ENOUGH[task]?.length) return enough
  const beside = (folder: string) => usable.filter((other) => other.folder === folder && other.path)
  return usable.filter(({ folder, base, path }) => {
    const others = beside(folder).map((other) => other.base)
    const isCovered = others.some((other) => PARTS[other]?.includes(base))
    // The whole in a dtype that it has not: its parts, where they have it.
    return !isCovered && (path || !PARTS[base]?.some((part) => others.includes(part)))
  })
}
