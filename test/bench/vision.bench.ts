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
  /** With each order of starting. */
  readonly rounds: number
}

const CALLERS = [1, 8]
const cache = join(root, 'test', 'bench', 'results', '.cache')
const peers = process.argv.includes('--peers')
const kinds: readonly Kind[] = ['ours', ...(peers ? (['transformers'] as const) : []), 'bare', 'decode']

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
      seconds: 1.2,
      rounds: 3,
    },
    { name: 'ViT-base', options: vit, photos: { '600x400': small }, seconds: 2.5, rounds: 3 },
  ]
}

/** What everyone did in one turn, a few seconds apart. */
type Turn = ReadonlyMap<Kind, Measured>

/** Everyone on one photo with so many callers, in turns, and every second turn the other way round. */
async function takeTurns(
  { seconds, rounds }: Course,
  contenders: readonly Contender[],
  photo: string,
  callers: number,
): Promise<Turn[]> {
  const turns: Turn[] = []
  for (let turn = 0; turn < rounds; turn++) {
    const measured = new Map<Kind, Measured>()
    for (const contender of turn % 2 ? contenders.toReversed() : contenders) {
      const rate = await contender.round({ photo, callers, seconds })
      const { gapMs } = await contender.round({ photo, callers, seconds: seconds / 2, watchGap: true })
      measured.set(contender.kind, { ...rate, gapMs })
    }
    turns.push(measured)
  }
  return turns
}

/**
 * Medians of all turns. Ours is compared with the others within each turn, so that a machine that is faster at one time
 * than at another does not count.
 */
function rowsOf(model: string, photo: string, callers: number, turns: readonly Turn[]): Row[] {
  const over = (value: (turn: Turn) => number) => median(turns.map(value))
  const of = (kind: Kind, value: 'perSecond' | 'gapMs' | 'cpuMs') =>
    over((turn) => turn.get(kind)?.[value] ?? Number.NaN)
  const ratio = (kind: Kind) =>
    over((turn) => (turn.get('ours')?.perSecond ?? Number.NaN) / (turn.get(kind)?.perSecond ?? Number.NaN))
  return kinds.map((kind) => ({
    model,
    photo,
    callers,
    by: kind,
    'images/s': round(of(kind, 'perSecond')),
    'longest gap ms': round(of(kind, 'gapMs')),
    'cpu ms/image': round(of(kind, 'cpuMs'), 2),
    'ours is': kind === 'ours' ? '' : `${round(ratio(kind), 2)}x`,
  }))
}

/** Twice, started in either order: whose memory comes first has it slower on some machines. */
async function race(course: Course): Promise<Row[]> {
  const heats = Object.entries(course.photos).flatMap(([size, photo]) =>
    CALLERS.map((callers) => ({ size, photo, callers, turns: [] as Turn[] })),
  )
  for (const order of [kinds, kinds.toReversed()]) {
    const contenders: Contender[] = []
    try {
      for (const kind of order) contenders.push(await startContender(kind, course.options))
      for (const heat of heats) heat.turns.push(...(await takeTurns(course, contenders, heat.photo, heat.callers)))
    } finally {
      for (const contender of contenders) await contender[Symbol.asyncDispose]()
    }
  }
  return heats.flatMap(({ size, callers, turns }) => rowsOf(course.name, size, callers, turns))
}

export default async function vision(): Promise<BenchResult> {
  const version = peers ? installTransformers() : null
  const rows: Row[] = []
  for (const course of await courses()) rows.push(...(await race(course)))
  const load = loadavg().map((value) => value.toFixed(1))
  const peer = version ? `Transformers.js ${version}. ` : ''
  return {
    title: 'Pictures through a pipeline, from the file to the answer',
    rows,
    note: `${peer}The machine’s load during the last 1, 5 and 15 minutes: ${load.join(', ')}.`,
  }
}
