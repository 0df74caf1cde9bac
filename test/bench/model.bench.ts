// While the model runs: photos per second through the whole server, the longest time that the event loop stood still,
// and memory, idle and under load.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BenchResult,
  cli,
  freePort,
  type MeasuredServer,
  type Row,
  residentMiB,
  root,
  round,
  startServer,
} from './lib.ts'

const SECONDS = 6
const photo = join(root, 'spaces', 'image-classification', 'examples', 'coffee.jpg')

/** Preloaded into the server: reports the longest gap between two turns of its event loop when asked by signal. */
const watchdog = `
  import { monitorEventLoopDelay } from 'node:perf_hooks'
  const delay = monitorEventLoopDelay({ resolution: 1 }); delay.enable()
  process.on('SIGUSR2', () => { process.stderr.write('gap ' + (delay.max / 1e6).toFixed(1) + '\\n'); delay.reset() })`

async function longestGap(server: MeasuredServer): Promise<number> {
  const before = server.output().length
  server.child.kill('SIGUSR2')
  while (!/gap ([\d.]+)/.test(server.output().slice(before))) await new Promise((resolve) => setTimeout(resolve, 20))
  return Number(/gap ([\d.]+)/.exec(server.output().slice(before))?.[1])
}

/** @param callers - how many calls are under way at once */
async function classify(url: string, callers: number, body: string): Promise<number> {
  const endAt = performance.now() + SECONDS * 1000
  let done = 0
  const caller = async () => {
    while (performance.now() < endAt) {
      const response = await fetch(`${url}api/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      if (response.status !== 200) throw new Error(await response.text())
      await response.arrayBuffer()
      done++
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return done / SECONDS
}

export default async function model(): Promise<BenchResult> {
  const port = await freePort()
  const preload = `data:text/javascript,${encodeURIComponent(watchdog)}`
  const args = ['--import', preload, cli, 'dev', 'spaces/image-classification/space.ts', '--port', String(port)]
  await using server = await startServer(process.execPath, args, `http://127.0.0.1:${port}/`)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const idle = residentMiB(server.child.pid)
  const body = JSON.stringify({ photo: `data:image/jpeg;base64,${(await readFile(photo)).toString('base64')}`, top: 5 })
  await classify(server.url, 2, body)
  const rows: Row[] = []
  for (const callers of [1, 8]) {
    await longestGap(server)
    const perSecond = await classify(server.url, callers, body)
    rows.push({
      callers,
      'photos/s': round(perSecond),
      'longest gap ms': await longestGap(server),
      'memory MiB': Math.round(residentMiB(server.child.pid)),
      'idle MiB': Math.round(idle),
    })
  }
  return { title: 'The image classifier under load, 600x400 JPEG over REST', rows }
}
