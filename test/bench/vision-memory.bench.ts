// Memory of open models: ViT-base in one worker and in four that share its weights, the bundled classifier, and what a
// whole server takes while nobody calls. Pages that several workers map count once.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchResult, type Row, residentMiB, root, startSpaces } from './lib.ts'
import { type RunnerOptions, startContender } from './vision/contender.ts'
import { makeVit, SIDE } from './vision/vit.ts'

const cache = join(root, 'test', 'bench', 'results', '.cache')
const space = join(root, 'spaces', 'image-classification')
const photo = join(space, 'examples', 'coffee.jpg')
const SECONDS = 8

async function ofModel(model: string, options: RunnerOptions & { workers: number }): Promise<Row> {
  await using contender = await startContender('ours', options)
  const open = await contender.memory()
  const { peakMiB } = await contender.round({
    photo,
    callers: 2 * options.workers,
    seconds: SECONDS,
    watchMemory: true,
  })
  const after = await contender.memory()
  const whole = (value: number | null | undefined) => (value == null ? '' : Math.round(value))
  return {
    what: `${model}, ${options.workers} ${options.workers === 1 ? 'worker' : 'workers'}`,
    'open MiB': whole(open?.pssMiB),
    'at most MiB': whole(peakMiB),
    'after MiB': whole(after?.pssMiB),
    'of these private MiB': whole(after?.privateMiB),
    'RSS MiB': whole(after?.rssMiB),
  }
}

/** @param seconds - until whatever the start has left behind is gone. */
async function ofServer(what: string, target: string, seconds: number): Promise<Row> {
  await using server = await startSpaces(target)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  return { what, 'RSS MiB': Math.round(residentMiB(server.child.pid)) }
}

export default async function memory(): Promise<BenchResult> {
  mkdirSync(cache, { recursive: true })
  const file = 'onnx/model.onnx'
  const vit = (external: boolean) => ({ folder: makeVit(cache, external), dtype: 'fp32', file, side: SIDE })
  const classifier = { folder: join(space, 'model'), dtype: 'q8', file: 'onnx/model_quantized.onnx', side: 64 }
  return {
    title: 'Memory of open models, pictures of 600x400 from two callers for each worker',
    rows: [
      await ofModel('ViT-base, weights in a file of their own', { ...vit(true), workers: 4 }),
      await ofModel('ViT-base', { ...vit(false), workers: 1 }),
      await ofModel('classifier, 8 bits', { ...classifier, workers: 1 }),
      await ofServer('server without a model, idle', join(root, 'test', 'bench', 'spaces', 'noop', 'space.ts'), 3),
      await ofServer('server with the classifier, idle', join(space, 'space.ts'), 3),
    ],
    note: 'Without “RSS” it is the proportional set size: what other processes share is divided among them.',
  }
}
