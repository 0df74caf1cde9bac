/** The graphs among a repository's files, and the weights beside them, by their names. */

import type { Dtype } from '../task.ts'
import { DTYPE_SUFFIX } from './advice.ts'

/** A graph in all the dtypes that a repository has of it. */
export interface Graph {
  readonly folder: string
  readonly base: string
  readonly byDtype: ReadonlyMap<Dtype, string>
}

const SUFFIXES = (Object.entries(DTYPE_SUFFIX) as [Dtype, string][])
  .filter(([, suffix]) => suffix !== '')
  .sort(([, a], [, b]) => b.length - a.length)

/** @param paths - every file of the repository */
export function readGraphs(paths: readonly string[]): Graph[] {
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

/** Diffusers calls every graph `model` and names it by its folder. */
export const isNamed = ({ folder, base }: Graph, name: string) => base === name || (base === 'model' && folder === name)

/** Components of diffusers that no task here runs; the first alone is 1.2 GB. */
const UNUSED = ['safety_checker', 'vae_encoder']

/**
 * Graphs in `onnx/`, or in the components' folders as diffusers lays them out; those at the root where nothing else is.
 */
export function inFolder(graphs: readonly Graph[], paths: readonly string[], subfolder: string | undefined) {
  if (subfolder !== undefined) return graphs.filter(({ folder }) => folder === trimmed(subfolder))
  const usual = graphs.filter(({ folder }) => folder === 'onnx')
  if (usual.length > 0 && !paths.includes('model_index.json')) return usual
  const inner = graphs.filter(({ folder }) => folder !== '' && !folder.includes('/') && !UNUSED.includes(folder))
  return inner.length > 0 ? inner : graphs
}

/** `./onnx/` is `onnx`. */
export const trimmed = (folder: string) => folder.replace(/^(\.?\/)+|\/+$/g, '')

/**
 * `model.onnx_data`, `model.onnx_data_1`, … of optimum and Transformers.js, `model.onnx.data` of torch, `weights.pb` of
 * diffusers.
 * @param count - how many there are said to be. A graph of which none is there may hold its weights itself.
 */
export function externalDataOf(graph: string, all: readonly string[], count: number) {
  const folder = graph.slice(0, graph.lastIndexOf('/') + 1)
  const weights = new RegExp(`^${escaped(folder)}weights\\.pb(_\\d+)?$`)
  const expression = new RegExp(`^${escaped(graph)}(_data(_\\d+)?|\\.data)$`)
  const paths = all.filter((path) => expression.test(path) || weights.test(path))
  const said = Array.from({ length: count }, (_, index) => `${graph}_data${index === 0 ? '' : `_${index}`}`)
  const some = said.some((path) => paths.includes(path))
  return { paths, missing: some ? said.filter((path) => !paths.includes(path)).map((path) => ({ path })) : [] }
}

/** For a regular expression. */
export const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
