// The same no-op space and the same classifier with the same model in Gradio and in ours, in turn, on this machine.
// Sets up a Python virtual environment with `gradio` and `onnxruntime` beside the results; needs python3 and pip's index.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { fileToText, type Load, measureLoad, openBrowser } from './browser.ts'
import {
  type BenchResult,
  freePort,
  type MeasuredServer,
  median,
  type Row,
  residentMiB,
  root,
  round,
  startServer,
  startSpaces,
  timeOfRun,
} from './lib.ts'
import { label, measureOurs, type PageNumbers, photo } from './page.bench.ts'
import { load } from './wire.bench.ts'

const ROUNDS = 5
const CALL_SECONDS = 5
const venv = process.env.SPACES_BENCH_VENV ?? join(root, 'test', 'bench', 'results', '.venv')
const python = join(venv, 'bin', 'python')

/** @returns Gradio's version. */
function setUp(): string {
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' })
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'gradio', 'onnxruntime'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  })
  return execFileSync(python, ['-c', 'import gradio; print(gradio.__version__)'], { encoding: 'utf8' }).trim()
}

async function startGradio(kind: 'noop' | 'classifier'): Promise<MeasuredServer> {
  const port = await freePort()
  const script = join(root, 'test', 'bench', 'peers', 'gradio_app.py')
  const model = join(root, 'spaces', 'image-classification', 'model')
  const env = { GRADIO_ANALYTICS_ENABLED: 'False', HF_HUB_OFFLINE: '1' }
  return startServer(python, [script, kind, String(port), model], `http://127.0.0.1:${port}/`, {
    env,
    timeoutMs: 120_000,
  })
}

/** Reads the events of one session until the call has ended. */
async function untilCompleted(url: string): Promise<void> {
  const response = await fetch(url)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('"process_completed"')) return
  }
  throw new Error(`the stream ended before the call did: ${text.slice(0, 400)}`)
}

async function queuedCall(url: string): Promise<void> {
  const session = Math.random().toString(36).slice(2)
  const body = JSON.stringify({ data: [1], fn_index: 0, session_hash: session, trigger_id: null, event_data: null })
  const joined = await fetch(`${url}gradio_api/queue/join?`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (joined.status !== 200) throw new Error(`queue/join answered ${joined.status}: ${await joined.text()}`)
  await joined.arrayBuffer()
  await untilCompleted(`${url}gradio_api/queue/data?session_hash=${session}`)
}

async function directCall(url: string): Promise<void> {
  const body = JSON.stringify({ data: [1], fn_index: 0, session_hash: 'bench' })
  const response = await fetch(`${url}gradio_api/run/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (response.status !== 200) throw new Error(`run/predict answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}

async function callsPerSecond(call: () => Promise<void>, clients: number): Promise<{ perSecond: number; p50: number }> {
  const times: number[] = []
  const endAt = performance.now() + CALL_SECONDS * 1000
  const client = async () => {
    while (performance.now() < endAt) {
      const startedAt = performance.now()
      await call()
      times.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { perSecond: times.length / CALL_SECONDS, p50: median(times) }
}

async function measureGradioPage(browser: Browser, url: string): Promise<PageNumbers> {
  const loads: Load[] = []
  const waits: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const load = await measureLoad(browser, url, (page) =>
      page.waitForSelector('input[type=file]', { state: 'attached' }),
    )
    loads.push(load)
    const { page, context } = load
    const press = { preview: '.image-frame img, [data-testid=image] img', submit: 'Submit' }
    waits.push(await fileToText(page, photo, label, press))
    await context.close()
  }
  return {
    kb: round((loads[0]?.bytes ?? 0) / 1000),
    files: loads[0]?.files ?? 0,
    usableMs: Math.round(median(loads.map(({ usableMs }) => usableMs))),
    fileToLabelMs: Math.round(median(waits.slice(1))),
  }
}

export default async function peers(): Promise<BenchResult> {
  const version = setUp()
  const bare = median([
    await timeOfRun(process.execPath, ['-e', '0']),
    await timeOfRun(process.execPath, ['-e', '0']),
    await timeOfRun(process.execPath, ['-e', '0']),
  ])
  const rows: Row[] = []
  const compare = (what: string, ours: number, theirs: number, better: 'less' | 'more') =>
    rows.push({ what, ours, Gradio: theirs, ratio: `${round(better === 'more' ? ours / theirs : theirs / ours)} x` })

  {
    await using gradio = await startGradio('noop')
    await using ours = await startSpaces(`${root}/test/bench/spaces/noop/space.ts`)
    compare('process start to first page, ms', Math.round(ours.readyMs), Math.round(gradio.readyMs), 'less')
    compare('the same in times of node -e 0', round(ours.readyMs / bare), round(gradio.readyMs / bare), 'less')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    compare(
      'memory idle, MiB',
      Math.round(residentMiB(ours.child.pid)),
      Math.round(residentMiB(gradio.child.pid)),
      'less',
    )
    for (const clients of [1, 32, 256]) {
      const theirs = await callsPerSecond(() => queuedCall(gradio.url), clients)
      const calls = await load(`${ours.url.replace('http', 'ws')}ws`, clients, 'ours')
      compare(
        `no-op calls/s, ${clients} clients (queue)`,
        Math.round(calls.perSecond),
        Math.round(theirs.perSecond),
        'more',
      )
      compare(`p50 of these, ms`, round(calls.p50, 2), round(theirs.p50, 1), 'less')
    }
    const direct = await callsPerSecond(() => directCall(gradio.url), 32)
    const rest = await callsPerSecond(() => ourDirectCall(ours.url), 32)
    compare('no-op calls/s, 32 clients (REST)', Math.round(rest.perSecond), Math.round(direct.perSecond), 'more')
  }
  {
    await using gradio = await startGradio('classifier')
    await using ours = await startSpaces('spaces/image-classification/space.ts')
    await using opened = await openBrowser()
    const theirs = await measureGradioPage(opened.browser, gradio.url)
    const page = await measureOurs(opened.browser, ours.url)
    compare('JS + CSS of the classifier’s page, KB over the wire', page.kb, theirs.kb, 'less')
    compare('in files', page.files, theirs.files, 'less')
    compare('page usable after, ms', page.usableMs, theirs.usableMs, 'less')
    compare('file to label, ms', page.fileToLabelMs, theirs.fileToLabelMs, 'less')
  }
  return { title: `Against Gradio ${version}, same spaces, same model, same machine, in turn`, rows }
}

async function ourDirectCall(url: string): Promise<void> {
  const response = await fetch(`${url}api/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"x":1}',
  })
  if (response.status !== 200) throw new Error(await response.text())
  await response.arrayBuffer()
}
