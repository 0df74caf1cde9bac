/** The built command line as a child process, the way a user runs it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Bundles of the tests' spaces; nobody else's cache is touched. */
const CACHE = join(tmpdir(), `spaces-test-cache-${process.pid}`)
process.on('exit', () => rmSync(CACHE, { recursive: true, force: true }))

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Place {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  /** Standard input; none where it is left out. */
  readonly input?: Uint8Array
}

/** Runs a command to its end. */
export async function cli(line: readonly string[], place: Place): Promise<Finished> {
  const running = startCli(line, place)
  const code = await running.ended
  return { code, stdout: running.stdout, stderr: running.stderr }
}

class RunningCli implements AsyncDisposable {
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess
  #wake = new Set<() => void>()

  constructor(child: ChildProcess) {
    this.#child = child
    const hear = (stream: 'stdout' | 'stderr') =>
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this[stream] += text
        for (const wake of this.#wake) wake()
      })
    hear('stdout')
    hear('stderr')
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        resolve(code)
        for (const wake of this.#wake) wake()
      })
    })
  }

  /** Waits for something to be printed, on either stream. Fails when the process ends without it, or is silent for long. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const patience = AbortSignal.timeout(20_000)
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
      if (found) return found
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`Ended without ${pattern}.\n${this.stdout}\n${this.stderr}`)
      if (patience.aborted) throw new Error(`Did not say ${pattern}.\n${this.stdout}\n${this.stderr}`)
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#wake.delete(wake)
          patience.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake.add(wake)
        patience.addEventListener('abort', wake)
      })
    }
  }

  /** The address in the line that says it is ready, with a slash at its end. */
  async url(): Promise<string> {
    return (await this.says(/(http:\/\/\S+\/)\s+ready in \d+ ms.*\n/))[1] ?? ''
  }

  /** Closes streams on this side, as a terminal or a log collector that goes away does. */
  stopReading(...streams: ('stdout' | 'stderr')[]): void {
    for (const stream of streams.length > 0 ? streams : (['stdout', 'stderr'] as const)) this.#child[stream]?.destroy()
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

export function startCli(line: readonly string[], { cwd, env = {}, input }: Place): RunningCli {
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...inherited } = process.env
  const child = spawn(process.execPath, [CLI, ...line], {
    cwd,
    env: { ...inherited, NO_COLOR: '1', SPACES_CACHE: CACHE, ...env },
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  return new RunningCli(child)
}

/** A folder of its own for a test, gone afterwards. */
export async function openFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'spaces-cli-')))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
