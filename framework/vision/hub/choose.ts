/** Which files of a commit a model needs, by what the caller wants, what the repository advises and what graphs name. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SpaceError } from '#core/errors.ts'
import { parsePythonJson } from '../python-json.ts'
import type { Json } from '../task.ts'
import { type Advice, adviceOf } from './advice.ts'
import { type RepoFile, sizeOf } from './cache.ts'
import { externalFiles } from './external-data.ts'
import { type Missing, type Selection, wantedFiles } from './wanted.ts'

export const CONFIG = 'config.json'

/** What the repository recommends, as far as its configuration is there. */
export async function readAdvice(folder: string, device: string | undefined): Promise<Advice> {
  return adviceOf(await configIn(folder), device)
}

/** @param config - the text of a `config.json` */
export const adviceIn = (config: string, device: string | undefined): Advice => adviceOf(configOf(config), device)

/** `config.json`; empty where it has not come. */
export async function configIn(folder: string): Promise<Json> {
  return configOf(await readFile(join(folder, CONFIG), 'utf8').catch(() => '{}'))
}

/** A configuration that is no JSON says nothing: it is refused by name where it is used. */
function configOf(text: string): Json {
  try {
    return (parsePythonJson(text) ?? {}) as Json
  } catch {
    return {}
  }
}

/** Those that are not in a folder, or not whole. */
export async function absentIn(folder: string, files: readonly RepoFile[]): Promise<RepoFile[]> {
  const sizes = await Promise.all(files.map(({ path }) => sizeOf(join(folder, path))))
  return files.filter(({ byteLength, etag }, index) => etag === '' || sizes[index] !== byteLength)
}

/** The weights that graphs name in themselves. */
export async function beside(
  folder: string,
  tree: readonly RepoFile[],
  files: readonly RepoFile[],
): Promise<RepoFile[]> {
  const graphs = files.map(({ path }) => path).filter((path) => path.endsWith('.onnx'))
  const others = tree.filter((file) => !files.includes(file)).map(({ path }) => path)
  const named = await externalFiles(folder, graphs, others)
  return tree.filter(({ path }) => named.includes(path))
}

/** @throws SpaceError `model-file-missing` naming what there is */
export function pick(model: string, tree: readonly RepoFile[], selection: Selection, advice: Advice): RepoFile[] {
  const all = tree.map(({ path }) => path)
  const { paths, missing } = wantedFiles(all, selection, advice)
  if (missing[0]) throw lacking(model, missing[0], all)
  return tree.filter(({ path }) => paths.includes(path))
}

function lacking(model: string, { path: file, dtypes }: Missing, all: readonly string[]): SpaceError {
  const graphs = all.filter((path) => path.endsWith('.onnx'))
  const found = graphs.length > 0 ? graphs : all
  return new SpaceError('model-file-missing', { model, file, found, ...(dtypes ? { dtypes } : {}) })
}
