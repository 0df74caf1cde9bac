/** What a repository holds for onnxruntime, and what of it is here. */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import { DTYPES, type Dtype } from '../task.ts'
import { type Advice, DTYPE_SUFFIX } from './advice.ts'
import { type CachedRepo, cachedRepo, type RepoFile, readRef, readTree, snapshotFiles, snapshotOf } from './cache.ts'
import { adviceIn, CONFIG, readAdvice } from './choose.ts'
import { createHubClient } from './client.ts'
import { type HubEnvironment, readEnvironment, readToken } from './environment.ts'
import type { ResolveOptions } from './options.ts'
import { checkRepoId } from './resolve.ts'
import { wantedFiles } from './wanted.ts'

export interface ModelFile {
  readonly path: string
  /** Of a graph, with the weights beside it. */
  readonly byteLength: number
  /** Null for files that are no graphs. */
  readonly dtype: Dtype | null
  readonly isCached: boolean
}

export interface ModelInfo {
  readonly id: string
  readonly commit: string
  /** Where this commit lies in the cache; what of it is there, `files` says. */
  readonly folder: string
  /** Graphs first. */
  readonly files: readonly ModelFile[]
  /** Paths of what a pipeline needs, and their bytes. */
  readonly wanted: { readonly paths: readonly string[]; readonly byteLength: number }
}

/**
 * What a repository on the Hub holds. The cache is asked where the Hub may not or cannot be; then what Python alone has
 * fetched is all that is known.
 * @throws SpaceError as `resolveModel`
 */
export async function modelInfo(id: string, options: ResolveOptions = {}): Promise<ModelInfo> {
  checkRepoId(id)
  const environment = readEnvironment()
  const { cacheFolder = environment.cacheFolder } = options
  const repo = cachedRepo(resolveFromFolder(cacheFolder), id)
  const { commit, tree, advice } = await listing(repo, environment, options)
  const present = await snapshotFiles(repo, commit)
  const paths = tree.map(({ path }) => path)
  const sum = (names: readonly string[]) =>
    tree.reduce((bytes, { path, byteLength }) => bytes + (names.includes(path) ? byteLength : 0), 0)
  const wanted = wantedFiles(paths, options, advice).paths
  const files = paths.map((path): ModelFile => {
    const dtype = dtypeOf(path)
    const own = dtype ? wantedFiles(paths, { files: [path] }).paths.filter((other) => other.startsWith(path)) : [path]
    return { path, dtype, byteLength: sum(own), isCached: own.every((each) => present.includes(each)) }
  })
  const [graphs, others] = [files.filter(({ dtype }) => dtype), files.filter(({ dtype }) => !dtype)]
  const folder = snapshotOf(repo, commit)
  return { id, commit, folder, files: [...graphs, ...others], wanted: { paths: wanted, byteLength: sum(wanted) } }
}

interface Listing {
  readonly commit: string
  readonly tree: readonly Pick<RepoFile, 'path' | 'byteLength'>[]
  readonly advice: Advice
}

async function listing(repo: CachedRepo, environment: HubEnvironment, options: ResolveOptions): Promise<Listing> {
  if (environment.offline || options.online === false) return fromCache(repo, options)
  const client = createHubClient(repo.id, environment, options.token ?? (await readToken()))
  try {
    const commit = await client.commitOf(options.revision ?? 'main', options.signal)
    const tree = (await readTree(repo, commit)) ?? (await client.filesAt(commit, options.signal))
    const hasConfig = tree.some(({ path }) => path === CONFIG)
    const config = hasConfig ? await client.textAt(commit, CONFIG, options.signal) : '{}'
    return { commit, tree, advice: adviceIn(config, options.device) }
  } catch (error) {
    if (!isSpaceError(error) || error.code !== 'hub-unreachable') throw error
    return fromCache(repo, options).catch(() => {
      throw error
    })
  }
}

async function fromCache(repo: CachedRepo, { revision = 'main', device }: ResolveOptions): Promise<Listing> {
  const commit = await readRef(repo, revision)
  if (!commit) {
    const reason = 'the Hub was not asked'
    throw new SpaceError('model-offline', { model: repo.id, file: `revision “${revision}”`, reason })
  }
  const folder = snapshotOf(repo, commit)
  const present = async () => {
    const paths = await snapshotFiles(repo, commit)
    return Promise.all(paths.map(async (path) => ({ path, byteLength: (await stat(join(folder, path))).size })))
  }
  return { commit, tree: (await readTree(repo, commit)) ?? (await present()), advice: await readAdvice(folder, device) }
}

function dtypeOf(path: string): Dtype | null {
  if (!path.endsWith('.onnx')) return null
  const name = path.slice(0, -'.onnx'.length)
  const [first = 'fp32'] = DTYPES.filter((dtype) => name.endsWith(DTYPE_SUFFIX[dtype])).sort(
    (one, other) => DTYPE_SUFFIX[other].length - DTYPE_SUFFIX[one].length,
  )
  return first
}
