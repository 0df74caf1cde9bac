// One way to run a model, in a process of its own: opens it, then does what the bench asks for over IPC, round by round.
// Arguments: which one, and the JSON of its options `{ folder, task, dtype, file, peers, entry, workers }`.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'

process.env.ORT_DISABLE_TELEMETRY = '1'
const [kind, json] = process.argv.slice(2)
const options = JSON.parse(json)

const RUNNERS = {
  /** The public API of the built package. */
  async ours({ entry, folder, dtype, workers }) {
    const { pipeline } = await import(pathToFileURL(entry).href)
    return pipeline('image-classification', folder, { dtype, ...(workers ? { workers } : {}) })
  },

  async transformers({ peers, folder, dtype }) {
    const require = createRequire(join(peers, 'package.json'))
    const { env, pipeline } = await import(pathToFileURL(require.resolve('@huggingface/transformers')).href)
    env.allowRemoteModels = false
    env.localModelPath = dirname(folder)
    return pipeline('image-classification', basename(folder), { dtype, device: 'cpu' })
  },

  /** The graph alone, with a tensor made beforehand and onnxruntime's own defaults. */
  async bare({ folder, file, side }) {
    const { default: ort } = await import('onnxruntime-node')
    const session = await ort.InferenceSession.create(join(folder, file))
    const size = 3 * side * side
    const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i))
    const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', data, [1, 3, side, side]) }
    return () => session.run(feeds)
  },

  /** What any of them must do at least: all pixels of the file. */
  async decode() {
    const { default: sharp } = await import('sharp')
    sharp.cache(false)
    return (file) => sharp(file).raw().toBuffer()
  },
}

const call = await RUNNERS[kind](options)

/**
 * Images a second with that many calls under way, and processor time for an image; where asked for, the longest stop of
 * this thread, and the most memory. Watching takes time of its own: a timer of a millisecond costs 1 % of ViT-base.
 */
async function round({ photo, callers, seconds, watchGap, watchMemory }) {
  await call(photo)
  let peakMiB = null
  const watch = () => {
    peakMiB = Math.max(peakMiB ?? 0, memory()?.pssMiB ?? 0)
  }
  const watching = watchMemory ? setInterval(watch, 200) : null
  const delay = watchGap ? monitorEventLoopDelay({ resolution: 1 }) : null
  delay?.enable()
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const endAt = startedAt + seconds * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < endAt) {
        await call(photo)
        done++
      }
    }),
  )
  const took = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  delay?.disable()
  if (watching) clearInterval(watching)
  return {
    perSecond: done / took,
    gapMs: delay ? delay.max / 1e6 : null,
    cpuMs: (user + system) / 1000 / done,
    peakMiB,
  }
}

/** MiB. A page that processes or threads share counts once (Pss); null where the system does not tell. */
function memory() {
  const path = '/proc/self/smaps_rollup'
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024
  return { pssMiB: read('Pss'), rssMiB: read('Rss'), privateMiB: read('Private_Dirty') + read('Private_Clean') }
}

process.on('message', async (request) => {
  try {
    const answer = request.type === 'memory' ? memory() : await round(request)
    process.send({ answer })
  } catch (error) {
    process.send({ failure: error.stack })
  }
})
process.send({ answer: 'ready' })
