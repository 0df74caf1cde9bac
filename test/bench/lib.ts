// What every bench shares: processes that are started and stopped, percentiles, and a table.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const cli = join(root, 'dist', 'cli.js')

/** The environment of a measured process: none of the test runner's options. */
/** One line of a table. */
export type Row = Readonly<Record<string, string | number>>

export interface BenchResult {
  readonly title: string
  readonly rows: readonly Row[]
  readonly note?: string
}

/** A server under measurement; disposing it stops it. */
export interface MeasuredServer extends AsyncDisposable {
  readonly child: ChildProcess & { readonly pid: number }
  readonly url: string
  /** Milliseconds from the start of the process to the first 200. */
  readonly readyMs: number
  /** Everything it has printed. */
  output(): string
}

export const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS'))

/** @param fraction - 0..1 */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN
}
export const median = (values: readonly number[]) => percentile(values, 0.5)

export const round = (value: number, digits = 1) => Number(value.toFixed(digits))

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a process and gives it back with the milliseconds from its start to the first 200 of `url`. */
export async function startServer(
  command: string,
  args: readonly string[],
  url: string,
  { env = {}, timeoutMs = 60_000 }: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<MeasuredServer> {
  const startedAt = performance.now()
  const child = spawn(command, args, { cwd: root, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const deadline = startedAt + timeoutMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`${command} ${args.join(' ')} ended with ${child.exitCode}:\n${output}`)
    const status = await statusOf(url)
    if (status === 200) {
      const readyMs = performance.now() - startedAt
      return {
        child: child as MeasuredServer['child'],
        url,
        readyMs,
        output: () => output,
        async [Symbol.asyncDispose]() {
          child.kill('SIGTERM')
          const killer = setTimeout(() => child.kill('SIGKILL'), 5000)
          await exited
          clearTimeout(killer)
        },
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  child.kill('SIGKILL')
  throw new Error(`${url} did not answer within ${timeoutMs} ms:\n${output}`)
}

/** 0 while nobody listens. */
async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}

/** Our server on a space or a folder of spaces. */
export async function startSpaces(target: string, path = '/'): Promise<MeasuredServer> {
  const port = await freePort()
  return startServer(process.execPath, [cli, 'dev', target, '--port', String(port)], `http://127.0.0.1:${port}${path}`)
}

/** Milliseconds that a process takes from start to exit. */
export async function timeOfRun(command: string, args: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(command, args, { stdio: 'ignore', env: environment })
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  return performance.now() - startedAt
}

/** Resident memory of a process and all below it, in MiB. */
export function residentMiB(pid: number): number {
  let total = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean)) {
    total += residentMiB(Number(child))
  }
  return total
}

export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`)
  const names = Object.keys(rows[0] ?? {})
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))]
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  for (const [index, line] of cells.entries()) {
    console.log(
      `  ${line.map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`,
    )
    if (index === 0) console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`)
  }
}
