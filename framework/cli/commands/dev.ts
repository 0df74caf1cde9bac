/** `spaces dev`: serves a space or a folder of them, and swaps each in place when it is edited. */

import { relative } from 'node:path'
import type { BuiltSpace } from '#build/load-space.ts'
import { isSpaceError } from '#core/errors.ts'
import { createLog, type Log } from '#server/log.ts'
import { defineCommand, EXIT, flag, UsageError } from '../command.ts'
import { listenNearby } from '../listen-nearby.ts'
import { printProblem } from '../problem.ts'
import { type Served, serveModel, servePath } from '../serve.ts'
import { untilStopped } from '../signals.ts'
import { drawOver, paint, print, printError } from '../terminal.ts'

const DEFAULT_PORT = 7860

export default defineCommand({
  name: 'dev',
  summary: 'Serve a space, or a folder of spaces, and follow every edit',
  usage: '[file|folder]',
  about: [
    'Without a path it serves the current folder. A folder with a space.ts is that space; any other folder is a gallery',
    'of the spaces in it. A busy port gives way to the next free one. Ctrl-C lets running jobs end and exits with 0;',
    'a second Ctrl-C stops at once with 130 (SIGTERM: 143).',
  ].join('\n'),
  outlivesReader: true,
  args: { min: 0, max: 1 },
  flags: {
    port: flag.integer(`Port to listen on (default ${DEFAULT_PORT}; 0 takes any free one)`, { min: 0, max: 65535 }),
    host: flag.text('Address to listen on (default localhost; 0.0.0.0 opens it to the network)', '<address>'),
    'allow-host': flag.text('Names to answer to beside localhost, with commas between, e.g. of a tunnel', '<names>'),
    open: flag.on('Open the page in the browser'),
    task: flag.text('Serve a model without a space file: its task, e.g. image-classification', '<task>'),
    model: flag.text('… and the model: a folder, or an id on the Hub', '<model>'),
  },
  async run({ args, flags: { port = DEFAULT_PORT, host = 'localhost', 'allow-host': names, open, task, model } }) {
    // All at once: while the bundler works on a space that is new, the server is read from disk.
    const [served, { createApp }, { listen }] = await Promise.all([
      whatToServe(args[0], task, model),
      import('#server/app.ts'),
      import('#server/listen.ts'),
      // Draws the first page; where it cannot be loaded, drawing says so.
      import('#client/render.tsx').catch(() => null),
    ])
    const told = new WeakSet<Error>()
    const log = quietAbout(told)
    const allowedHosts = isLoopback(host) ? (names?.toLowerCase().split(/[\s,]+/) ?? []) : null
    const app = createApp({ spaces: served.spaces, gallery: served.gallery, dev: true, log, allowedHosts })
    surviveStrays(log)
    const { server, busy } = await listenNearby((tried) => listen(app, { port: tried, host }), port, host)
    const stopped = untilStopped()
    print(readyLine(served, server.url, busy))
    if (open) (await import('../open.ts')).openInBrowser(server.url)
    // Watching, and the messages for what does not load, wait until the server answers.
    const { follow } = await import('../follow.ts')
    using _watching = follow(app, served, told)
    await stopped
    if (app.health().running) printError('Stopping as soon as the running jobs have ended; once more stops at once.')
    await server.close()
    // A bundler may still be open; nothing of it is worth waiting for.
    process.exit(EXIT.ok)
  },
})

function whatToServe(path: string | undefined, task: string | undefined, model: string | undefined): Promise<Served> {
  if (task === undefined && model === undefined) return servePath(path ?? '.')
  if (path !== undefined) throw new UsageError(`Give a path or --task and --model, not both; got “${path}”.`)
  if (task === undefined)
    throw new UsageError('--model needs --task: the task of the model, e.g. --task image-classification.')
  if (model === undefined) throw new UsageError('--task needs --model: a folder with the model, or its id on the Hub.')
  return serveModel(task, model)
}

function readyLine({ spaces, gallery }: Served, url: string, busy: number | null): string {
  const [only] = spaces as readonly [BuiltSpace]
  const title = gallery
    ? `${gallery.title} (${spaces.length} ${spaces.length === 1 ? 'space' : 'spaces'})`
    : (only.space?.title ?? relative(process.cwd(), only.file))
  const note = busy === null ? '' : paint('yellow', ` (port ${busy} is busy)`)
  // Counted from the start of the process.
  return `${paint('bold', title)}  ${paint('cyan', url)}  ready in ${Math.round(performance.now())} ms${note}`
}

/** Open to this computer alone: then pages of other sites must not reach it under a name of theirs. */
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** What a task throws after its run, in a timer or a promise that nobody awaits, must not end the page for everybody. */
function surviveStrays(log: Log): void {
  // Where nobody reads any more what is printed, printing that would fail in turn, for ever.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('uncaughtException', (error) => log.error('Thrown outside of any run; the server goes on.', error))
  process.on('unhandledRejection', (reason) =>
    log.error('A promise that nobody awaits failed; the server goes on.', reason),
  )
}

/** The server's log, less the problems that the author has been shown already. */
function quietAbout(told: WeakSet<Error>): Log {
  const log = createLog()
  return {
    ...log,
    ...(process.stderr.isTTY ? { progress: drawOver(process.stderr) } : {}),
    error(line, error, reference) {
      if (error instanceof Error && told.has(error)) return
      // Of what the author has to correct the stack would say nothing.
      if (isSpaceError(error) && error.code === 'invalid-declaration') printProblem(error)
      else log.error(line, error, reference)
    },
  }
}
