/**
 * Which files of a repository a model needs: its configuration and tokenizer, and the graphs of one dtype. A repository
 * for onnxruntime often holds eight dtypes of the same graph, and weights for other frameworks beside.
 */

import type { Dtype } from '../task.ts'

/** What a file name carries behind the graph's name: `model_fp16.onnx`. */
export const DTYPE_SUFFIX: Readonly<Record<Dtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
  q2: '_q2',
  q2f16: '_q2f16',
  q1: '_q1',
  q1f16: '_q1f16',
}

/** One dtype for all graphs, or one for each by its name: `{ encoder_model: 'fp32', decoder_model_merged: 'q8' }`. */
export type DtypeChoice = Dtype | Readonly<Record<string, Dtype>>

export interface Selection {
  /** What the model is for: some tasks run a part of it that a repository has on its own. */
  readonly task?: string | undefined
  readonly dtype?: DtypeChoice | undefined
  /** Paths, or patterns with `*` for anything within a folder, of the graphs to take instead of those of the dtype. */
  readonly files?: readonly string[] | undefined
}

/** A graph in all the dtypes that a repository has of it. */
interface Graph {
  readonly folder: string
  readonly base: string
  readonly byDtype: ReadonlyMap<Dtype, string>
}

/** What is selected, and what was asked for but is not in the repository. */
export interface Wanted {
  readonly paths: readonly string[]
  readonly missing: readonly string[]
}

/** @param paths - every file of the repository. */
export function wantedFiles(paths: readonly string[], selection: Selection = {}): Wanted {
  const texts = paths.filter(isText)
  const { chosen, missing } = selection.files ? matching(paths, selection.files) : graphsOf(paths, selection)
  const graphs = chosen.flatMap((path) => [path, ...externalDataOf(path, paths)])
  return { paths: [...new Set([...texts, ...graphs])].sort(), missing }
}

/** Configuration, tokenizers, label lists; not the index of another framework's weights, nor folders of samples. */
function isText(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path.split('/').length > 2 || name.endsWith('.index.json')) return false
  return /\.(json|jinja)$/.test(name) || /^(vocab|merges|labels|classes)\.txt$/.test(name)
}

function matching(paths: readonly string[], patterns: readonly string[]) {
  const chosen: string[] = []
  const missing: string[] = []
  for (const pattern of patterns) {
    const expression = new RegExp(`^${pattern.split('*').map(escaped).join('[^/]*')}$`)
    const hits = paths.filter((path) => expression.test(path))
    chosen.push(...hits)
    if (hits.length === 0) missing.push(pattern)
  }
  return { chosen, missing }
}

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

function graphsOf(paths: readonly string[], { dtype: choice, task = '' }: Selection) {
  const chosen: string[] = []
  const missing: string[] = []
  for (const { folder, base, byDtype } of needed(readGraphs(paths), task)) {
    const dtype = typeof choice === 'object' ? (choice[base] ?? choice[folder]) : choice
    const path = dtype === undefined ? defaultOf(byDtype) : byDtype.get(dtype)
    if (path) chosen.push(path)
    else missing.push(`${folder ? `${folder}/` : ''}${base}${dtype ? DTYPE_SUFFIX[dtype] : ''}.onnx`)
  }
  return { chosen, missing: missing.length === 0 || chosen.length > 0 ? [] : missing }
}

/** fp32, as Transformers.js takes it in Node; a repository without it gives what it has, the most exact first. */
function defaultOf(byDtype: ReadonlyMap<Dtype, string>): string | undefined {
  for (const dtype of Object.keys(DTYPE_SUFFIX) as Dtype[]) {
    const path = byDtype.get(dtype)
    if (path) return path
  }
  return undefined
}

const SUFFIXES = (Object.entries(DTYPE_SUFFIX) as [Dtype, string][])
  .filter(([, suffix]) => suffix !== '')
  .sort(([, a], [, b]) => b.length - a.length)

function readGraphs(paths: readonly string[]): Graph[] {
  const graphs = new Map<string, Graph & { byDtype: Map<Dtype, string> }>()
  for (const path of paths) {
    if (!path.endsWith('.onnx')) continue
    const slash = path.lastIndexOf('/')
    const folder = path.slice(0, Math.max(0, slash))
    const name = path.slice(slash + 1, -'.onnx'.length)
    const [dtype, suffix] = SUFFIXES.find(([, ending]) => name.endsWith(ending)) ?? ['fp32', '']
    const base = name.slice(0, name.length - suffix.length)
    const key = `${folder}/${base}`
    const graph = graphs.get(key) ?? { folder, base, byDtype: new Map<Dtype, string>() }
    graph.byDtype.set(dtype, path)
    graphs.set(key, graph)
  }
  return [...graphs.values()]
}

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

/** Components of diffusers that no task here runs; the first alone is 1.2 GB. */
const UNUSED = ['safety_checker', 'vae_encoder']

/** Graphs in `onnx/`, or in the components' folders as diffusers lays them out; those at the root where nothing else is. */
function needed(graphs: readonly Graph[], task: string): readonly Graph[] {
  const inner = graphs.filter(({ folder }) => folder !== '' && !folder.includes('/') && !UNUSED.includes(folder))
  const usable = inner.length > 0 ? inner : graphs
  const enough = usable.filter(({ base }) => ENOUGH[task]?.includes(base))
  if (enough.length > 0 && enough.length === ENOUGH[task]?.length) return enough
  return usable.filter(({ folder, base }) => {
    const wholes = Object.keys(PARTS).filter((whole) => PARTS[whole]?.includes(base))
    return !usable.some((other) => other.folder === folder && wholes.includes(other.base))
  })
}

/** `model.onnx_data`, `model.onnx_data_1`, … of optimum and Transformers.js, `model.onnx.data` of torch, `weights.pb` of diffusers. */
function externalDataOf(graph: string, paths: readonly string[]): string[] {
  const folder = graph.slice(0, graph.lastIndexOf('/') + 1)
  const expression = new RegExp(`^${escaped(graph)}(_data(_\\d+)?|\\.data)$`)
  return paths.filter((path) => expression.test(path) || path === `${folder}weights.pb`)
}
