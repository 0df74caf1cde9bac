// No-op calls over our WebSocket against a bare `ws` echo, the same messages from the same load, in turn.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type BenchResult, environment, freePort, root, round, startServer, startSpaces } from './lib.ts'

const SECONDS = 4

const echoServer = `
  import { createServer } from 'node:http'; import { WebSocketServer } from 'ws'
  const server = createServer((_, response) => response.end('ok'))
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => socket.on('message', (data) => socket.send(data.toString())))
  server.listen(Number(process.env.PORT), '127.0.0.1')`

/** @returns what `load.mjs` measured. */
export async function load(
  url: string,
  clients: number,
  kind: 'ours' | 'echo',
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const args = [`${root}/test/bench/load.mjs`, url, String(clients), String(SECONDS), kind]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: environment })
  return JSON.parse(stdout)
}

export default async function wire(): Promise<BenchResult> {
  const port = await freePort()
  await using echo = await startServer(
    process.execPath,
    ['--input-type=module', '-e', echoServer],
    `http://127.0.0.1:${port}/`,
    {
      env: { PORT: String(port) },
    },
  )
  await using ours = await startSpaces(`${root}/test/bench/spaces/noop/space.ts`)
  const rows = []
  for (const clients of [1, 32, 256]) {
    const bare = await load(echo.url.replace('http', 'ws'), clients, 'echo')
    const calls = await load(`${ours.url.replace('http', 'ws')}ws`, clients, 'ours')
    rows.push({
      clients,
      'calls/s': Math.round(calls.perSecond),
      'p50 ms': round(calls.p50, 2),
      'p99 ms': round(calls.p99, 2),
      'echo/s': Math.round(bare.perSecond),
      'echo p50 ms': round(bare.p50, 2),
      'of echo': `${Math.round((calls.perSecond / bare.perSecond) * 100)} %`,
    })
  }
  return { title: 'No-op calls over the WebSocket, against a bare ws echo', rows }
}
