/** A process that runs a model in one way (`runner.mjs`), and its answers. */

import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { environment, root } from '../lib.ts'

export type Kind = 'ours' | 'transformers' | 'bare' | 'decode'

export interface RunnerOptions {
  /** The model's folder, absolute. */
  readonly folder: string
  readonly dtype: string
  /** The graph's file within it, and the side of its square input in pixels, for the bare session. */
  readonly file: string
  readonly side: number
  /** How many workers hold the model; default 1. */
  readonly workers?: number
}

export interface Load {
  readonly photo: string
  readonly callers: number
  readonly seconds: number
  /** Finds the longest stop of the main thread. */
  readonly watchGap?: boolean
  /** Finds the most memory taken meanwhile. */
  readonly watchMemory?: boolean
}

export interface Measured {
  readonly perSecond: number
  readonly gapMs: number | null
  /** Processor time for an image, all threads: what it takes however busy the machine is otherwise. */
  readonly cpuMs: number
  readonly peakMiB: number | null
}

export interface Memory {
  readonly pssMiB: number
  readonly rssMiB: number
  readonly privateMiB: number
}

export interface Contender extends AsyncDisposable {
  readonly kind: Kind
  round(load: Load): Promise<Measured>
  memory(): Promise<Memory | null>
}

export const peersFolder = join(root, 'test', 'bench', 'results', '.peers')
const runner = join(root, 'test', 'bench', 'vision', 'runner.mjs')
const entry = join(root, 'dist', 'vision.js')

export async function startContender(kind: Kind, options: RunnerOptions): Promise<Contender> {
  const child = fork(runner, [kind, JSON.stringify({ entry, peers: peersFolder, ...options })], {
    cwd: root,
    env: environment,
    execArgv: [],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await next(child)
  const ask = async <T>(request: object): Promise<T> => {
    const answer = next(child)
    child.send(request)
    return answer as Promise<T>
  }
  return {
    kind,
    round: (load) => ask({ type: 'round', ...load }),
    memory: () => ask({ type: 'memory' }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the runner ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message: { answer?: unknown; failure?: string }) => {
      child.off('exit', ended)
      if (message.failure) reject(new Error(message.failure))
      else resolve(message.answer)
    })
  })
}
