// From the start of the process to the first page: ours, a bare hono server, and `node -e 0`, in turn.

import { type BenchResult, freePort, median, root, round, startServer, startSpaces, timeOfRun } from './lib.ts'

const ROUNDS = 9

const TARGETS = [
  ['noop', `${root}/test/bench/spaces/noop/space.ts`],
  ['classification', 'spaces/image-classification/space.ts'],
  ['gallery', 'spaces'],
] as const

const bareHono = `
  const { Hono } = await import('hono'); const { serve } = await import('@hono/node-server')
  serve({ fetch: new Hono().get('/', (c) => c.html('<h1>ok</h1>')).fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })`

export default async function start(): Promise<BenchResult> {
  const times: Record<'node' | 'hono' | 'noop' | 'classification' | 'gallery', number[]> = {
    node: [],
    hono: [],
    noop: [],
    classification: [],
    gallery: [],
  }
  for (let round = 0; round < ROUNDS; round++) {
    times.node.push(await timeOfRun(process.execPath, ['-e', '0']))
    const port = await freePort()
    const args = ['--input-type=module', '-e', bareHono]
    await using hono = await startServer(process.execPath, args, `http://127.0.0.1:${port}/`, {
      env: { PORT: String(port) },
    })
    times.hono.push(hono.readyMs)
    for (const [name, target] of TARGETS) {
      await using server = await startSpaces(target)
      times[name].push(server.readyMs)
    }
  }
  const bare = median(times.node)
  const row = (name: string, values: readonly number[]) => ({
    what: name,
    ms: round(median(values)),
    'times node -e 0': round(median(values) / bare),
  })
  return {
    title: 'Process start to first 200 response (median of 9)',
    rows: [
      row('node -e 0', times.node),
      row('bare hono server', times.hono),
      row('spaces, no-op', times.noop),
      row('spaces, image classification', times.classification),
      row('spaces, gallery of examples', times.gallery),
    ],
  }
}
