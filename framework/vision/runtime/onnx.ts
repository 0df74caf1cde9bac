/** onnxruntime-node: loading it, opening a file as a session, and the traffic of tensors in and out of it. */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { isSpaceError, SpaceError } from '#core/errors.ts'
import type { Feeds, Outputs, Port, Session, Tensor } from '../task.ts'
import { type Provider, withProviders } from './providers.ts'
import { fromOrt, toOrtData } from './tensor-types.ts'
import { createTurns, inTurn } from './turn.ts'

type Ort = typeof import('onnxruntime-node')

let loading: Promise<Ort> | null = null

/**
 * Its telemetry is off: it would write to the home folder and /tmp. The variable is read by native code, which sees only
 * what the main thread sets; `runtime/pool.ts` sets it there before a worker starts.
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1'
}

async function loadOrt(): Promise<Ort> {
  forbidTelemetry()
  loading ??= import('onnxruntime-node').then((module) => (module as unknown as { default?: Ort }).default ?? module)
  return loading
}

export interface SessionOptions {
  /** Threads within one run. */
  readonly threads: number
  /** Execution providers in order of preference; those in `native` come before. */
  readonly providers: readonly string[]
  /** Maps weights from their file instead of keeping an own, rearranged copy: workers share them, runs are slower. */
  readonly shareWeights: boolean
  /** Options of onnxruntime's own, over those that are set here. */
  readonly native?: InferenceSession.SessionOptions | undefined
}

/** A session that can be closed. */
export interface OpenSession extends Session {
  /** Of its file and of those with its weights. */
  readonly byteLength: number
  dispose(): Promise<void>
}

/**
 * @param path - of the file on disk. @param file - what messages call it.
 * @throws SpaceError `model-broken`
 */
export async function openSession(
  model: string,
  path: string,
  file: string,
  options: SessionOptions,
): Promise<OpenSession> {
  const ort = await loadOrt()
  const wanted = options.native?.executionProviders ?? options.providers
  const open = (providers: readonly Provider[]) =>
    inTurn(() => ort.InferenceSession.create(path, sessionOptions(path, options, providers)))
  const native = await withProviders(ort, wanted, open).catch((error: unknown) => {
    if (isSpaceError(error)) throw error
    throw new SpaceError('model-broken', { model, file, reason: loadFailure(error, path) }, { cause: error })
  })
  return wrap(ort, native, model, file, sizeOf(path))
}

/**
 * How long the threads of a run look out for the next piece of work before they sleep: long enough to stay awake from
 * step to step, 5 % for ViT-base and 20 % for a run of 0.3 ms, and short enough to leave the cores to the next picture.
 */
const SPIN_US = '100'

function sessionOptions(
  path: string,
  options: SessionOptions,
  executionProviders: readonly Provider[],
): InferenceSession.SessionOptions {
  const data = `${path}_data`
  // Only weights in a file of their own can be mapped.
  const shareWeights = options.shareWeights && existsSync(data)
  return {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    // Convolutions in another layout would have weights of their own as well.
    graphOptimizationLevel: shareWeights ? 'extended' : 'all',
    // Memory planned for a shape comes on top of what the first run took: 12 MB for ViT-base, and no time saved.
    enableMemPattern: false,
    // What it logs below fatal it also throws.
    logSeverityLevel: 4,
    extra: {
      session: {
        intra_op: { allow_spinning: '1', spin_duration_us: SPIN_US },
        ...(shareWeights ? { disable_prepacking: '1' } : {}),
      },
    },
    ...options.native,
    executionProviders,
  }
}

/** Weights beside a graph begin with its name: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`. */
function sizeOf(path: string): number {
  const folder = dirname(path)
  const files = readdirSync(folder).filter((name) => name.startsWith(basename(path)))
  return files.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

function wrap(ort: Ort, native: InferenceSession, model: string, file: string, byteLength: number): OpenSession {
  const inputs = native.inputMetadata.map(portOf)
  const outputs = native.outputMetadata.map(portOf)
  const turn = createTurns()
  const broken = (reason: string, cause?: unknown) =>
    new SpaceError('model-broken', { model, file, reason }, cause === undefined ? {} : { cause })

  const feed = (feeds: Feeds) => {
    const given: Record<string, OrtTensor> = {}
    for (const port of inputs) {
      const value = feeds[port.name]
      if (!value) throw broken(`it wants the inputs ${names(inputs)}, but there is nothing for “${port.name}”`)
      const misfit = value.dims.length !== port.dims.length || port.dims.some((dim, i) => isMisfit(dim, value.dims[i]))
      if (port.dims.length > 0 && misfit) {
        throw broken(`its input “${port.name}” is [${port.dims.join(', ')}], got [${value.dims.join(', ')}]`)
      }
      given[port.name] = new ort.Tensor(port.type as 'float32', toOrtData(value, port.type) as Float32Array, value.dims)
    }
    return given
  }

  return {
    file,
    byteLength,
    inputs,
    outputs,
    ...readersOf(inputs, broken),
    async run(feeds, { signal } = {}) {
      signal?.throwIfAborted()
      const given = feed(feeds)
      const results = await turn(async () => {
        // Calls before it may have taken long.
        signal?.throwIfAborted()
        return native.run(given).catch((error: unknown) => {
          throw broken(`it failed while running with ${shapesOf(given)}: ${runFailure(error)}`, error)
        })
      })
      signal?.throwIfAborted()
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]))
    },
    dispose: () => inTurn(() => native.release()),
  }
}

/** What of a session needs no graph: reading what it wants and gave. */
export function readersOf(
  inputs: readonly Port[],
  broken: (reason: string) => SpaceError,
): Pick<Session, 'wants' | 'output' | 'floats'> {
  return {
    wants: (name) => inputs.some((port) => port.name === name),
    output: (results, ...wanted) => pick(results, wanted, broken),
    floats(results, ...wanted) {
      const { type, dims, data } = pick(results, wanted, broken)
      if (type === 'float32') return { type, dims, data: data as Float32Array }
      return { type: 'float32', dims, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) }
    },
  }
}

/** Sizes that an exporter left negative, zero or nameless are free as well. */
const isMisfit = (dim: number | string, got: number | undefined) => typeof dim === 'number' && dim > 0 && dim !== got

const names = (ports: readonly { name: string }[]) => ports.map(({ name }) => `“${name}”`).join(', ')

function pick(results: Outputs, wanted: readonly string[], broken: (reason: string) => SpaceError): Tensor {
  for (const name of wanted) if (results[name]) return results[name]
  const has = names(Object.keys(results).map((name) => ({ name })))
  throw broken(`it should give ${wanted.map((name) => `“${name}”`).join(' or ')}, but gives ${has}`)
}

function portOf(metadata: InferenceSession.ValueMetadata): Port {
  const { name } = metadata
  return metadata.isTensor ? { name, type: metadata.type, dims: metadata.shape } : { name, type: 'other', dims: [] }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0] as string

const shapesOf = (given: Readonly<Record<string, OrtTensor>>) =>
  Object.entries(given)
    .map(([name, { dims }]) => `“${name}” [${dims.join(', ')}]`)
    .join(', ')

/** What onnxruntime says of a run, without the files and functions of its own code. */
function runFailure(error: unknown): string {
  const said = firstLine(error)
  const [, node = '', where = '', message = said] =
    /running (\w+) node\. Name:'([^']*)' Status Message: (.*)$/.exec(said) ?? []
  const plain = message.replace(/^\/\S*\.(?:cc|h):\d+ .*?\([^)]*\)\s*/, '').replace(/\.$/, '')
  return node ? `${plain} (in ${node}${where ? ` “${where}”` : ''})` : plain
}

/** What onnxruntime says of a file, in words that hold no path of the disk. */
function loadFailure(error: unknown, path: string): string {
  const said = firstLine(error)
  if (/protobuf parsing failed|invalid protobuf|ModelProto/i.test(said)) return 'it is no ONNX file, or not a whole one'
  const data = /[\w.-]+(?:\.onnx_data(?:_\d+)?|\.data|\.bin)/.exec(said)?.[0]
  if (data && /external|no such file|open file|doesn't exist|not exist/i.test(said)) {
    return `its weights in ${data} cannot be read`
  }
  if (/out of bounds|file size|truncat/i.test(said)) return 'its file of weights is not whole'
  return `onnxruntime cannot load it: ${said.replaceAll(dirname(path), '…')}`
}
