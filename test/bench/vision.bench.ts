// Pictures through a pipeline, from the file to the answer: ours, Transformers.js (with --peers), the graph alone with a
// tensor made beforehand, and decoding alone. All are open at once and take turns in short rounds, so that whatever else
// the machine does hits them alike; medians count.

import { mkdirSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { type BenchResult, median, type Row, root, round } from './lib.ts'
import { type Contender, type Kind, type Measured, type RunnerOptions, startContender } from './vision/contender.ts'
import { installTransformers } from './vision/peers.ts'
import { largePhoto } from './vision/photos.ts'
import { makeVit, SIDE } from './vision/vit.ts'

interface Course {
  readonly name: string
  readonly options: RunnerOptions
  readonly photos: Readonly<Record<string, string>>
  readonly seconds: number
  readonly rounds: number
}

const CALLERS = [1, 8]
const cache = join(root, 'test', 'bench', 'results', '.cache')
const peers = process.argv.includes('--peers')

async function courses(): Promise<readonly Course[]> {
  mkdirSync(cache, { recursive: true })
  const folder = join(root, 'spaces', 'image-classification')
  const small = join(folder, 'examples', 'coffee.jpg')
  const model = { folder: join(folder, 'model'), dtype: 'q8', file: 'onnx/model_quantized.onnx', side: 64 }
  const vit = { folder: makeVit(cache, false), dtype: 'fp32', file: 'onnx/model.onnx', side: SIDE }
  return [
    {
      name: 'classifier, 8 bits',
      options: model,
      photos: { '600x400': small, '12 Mpx': await largePhoto(cache, small) },
      seconds: 1.5,
      rounds: 6,
    },
    { name: 'ViT-base', options: vit, photos: { '600x400': small }, seconds: 3, rounds: 6 },
  ]
}

/**
 * Everyone on one photo with so many callers, in turns, and every second turn the other way round. Ours is compared with
 * each of the others within a turn, a few seconds apart: a machine that is faster at one time than at another does not
 * count. Medians of all turns.
 */
async function compare(
  { name, seconds, rounds }: Course,
  contenders: readonly Contender[],
  [size, photo]: readonly [string, string],
  callers: number,
): Promise<Row[]> {
  const turns: Map<Kind, Measured>[] = []
  for (let turn = 0; turn < rounds; turn++) {
    const measured = new Map<Kind, Measured>()
    for (const contender of turn % 2 ? contenders.toReversed() : contenders) {
      measured.set(contender.kind, await contender.round({ photo, callers, seconds }))
    }
    turns.push(measured)
  }
  const over = (value: (turn: Map<Kind, Measured>) => number) => median(turns.map(value))
  const of = (kind: Kind, value: 'perSecond' | 'gapMs' | 'cpuMs') =>
    over((turn) => turn.get(kind)?.[value] ?? Number.NaN)
  const ratio = (kind: Kind) =>
    over((turn) => (turn.get('ours')?.perSecond ?? Number.NaN) / (turn.get(kind)?.perSecond ?? Number.NaN))
  return contenders.map(({ kind }) => ({
    model: name,
    photo: size,
    callers,
    by: kind,
    'images/s': round(of(kind, 'perSecond')),
    'longest gap ms': round(of(kind, 'gapMs')),
    'cpu ms/image': round(of(kind, 'cpuMs'), 2),
    'ours is': kind === 'ours' ? '' : `${round(ratio(kind), 2)}x`,
  }))
}

export default async function vision(): Promise<BenchResult> {
  const version = peers ? installTransformers() : null
  const kinds: readonly Kind[] = ['ours', ...(peers ? (['transformers'] as const) : []), 'bare', 'decode']
  const rows: Row[] = []
  for (const course of await courses()) {
    const contenders: Contender[] = []
    try {
      for (const kind of kinds) contenders.push(await startContender(kind, course.options))
      for (const photo of Object.entries(course.photos)) {
        for (const callers of CALLERS) rows.push(...(await compare(course, contenders, photo, callers)))
      }
    } finally {
      for (const contender of contenders) await contender[Symbol.asyncDispose]()
    }
  }
  const load = loadavg().map((value) => value.toFixed(1))
  const peer = version ? `Transformers.js ${version}. ` : ''
  return {
    title: 'Pictures through a pipeline, from the file to the answer',
    rows,
    note: `${peer}The machine’s load during the last 1, 5 and 15 minutes: ${load.join(', ')}.`,
  }
}
