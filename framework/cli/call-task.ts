/** A task's arguments from the command line. */

import { readdir } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '#core/nearest.ts'
import { DTYPE_SUFFIX } from '#vision/hub/index.ts'
import type { Dtype, PipelineOptions, TaskName } from '#vision/index.ts'
import { UsageError } from './command.ts'
import { TASK_LINES } from './task-lines.ts'

/** What stands beside the files on the line. */
export interface CallFlags {
  readonly labels: string | undefined
  readonly question: string | undefined
  readonly query: string | undefined
  readonly points: string | undefined
  readonly boxes: string | undefined
}

/** One call: what it is about, and what else it takes. */
export interface TaskCallLine {
  /** As on the line: a file, `-` for standard input, a prompt; undefined where the task takes nothing. */
  readonly subject: string | undefined
  readonly rest: readonly unknown[]
}

/**
 * The calls that a line asks for: one for each file, prompt, or nothing at all.
 * @throws UsageError
 */
export function callsOf(
  task: TaskName,
  subjects: readonly string[],
  flags: CallFlags,
  options: Record<string, unknown>,
): TaskCallLine[] {
  const { subject } = TASK_LINES[task]
  const rest = [...secondOf(task, flags), { ...options, ...promptsOf(task, flags) }]
  if (subject === 'nothing') {
    if (subjects.length > 0) throw new UsageError(`${task} takes no file, got “${subjects[0]}”.`)
    return [{ subject: undefined, rest }]
  }
  if (subjects.length === 0) {
    throw new UsageError(`${task}: expected ${subject === 'prompt' ? 'a prompt' : 'a file'} after the model.`)
  }
  if (subjects.filter((one) => one === '-').length > 1) throw new UsageError('Standard input can be read once only.')
  return subjects.map((one) => ({ subject: one, rest }))
}

function secondOf(task: TaskName, flags: CallFlags): unknown[] {
  const { second } = TASK_LINES[task]
  for (const other of ['labels', 'question', 'query'] as const) {
    if (flags[other] !== undefined && other !== second) throw new UsageError(`${task} takes no --${other}.`)
  }
  if (second === undefined) return []
  const given = flags[second]
  if (given === undefined) throw new UsageError(`${task} needs --${second}.`)
  return [second === 'labels' ? labelsIn(given) : given]
}

/** With commas between them, or a list in JSON where a label has one itself. */
function labelsIn(text: string): string[] {
  if (!text.trimStart().startsWith('[')) return text.split(',').map((label) => label.trim())
  try {
    return JSON.parse(text) as string[]
  } catch {
    throw new UsageError(`--labels: expected a,b,c or a list in JSON, got “${text}”.`)
  }
}

function promptsOf(task: TaskName, { points, boxes }: CallFlags): Record<string, unknown> {
  if (points === undefined && boxes === undefined) return {}
  if (task !== 'mask-generation')
    throw new UsageError(`${task} takes no --${points === undefined ? 'boxes' : 'points'}.`)
  return {
    ...(points === undefined ? {} : { input_points: [numbersIn('points', points, 2)] }),
    ...(boxes === undefined ? {} : { input_boxes: numbersIn('boxes', boxes, 4) }),
  }
}

function numbersIn(flag: string, text: string, count: number): number[][] {
  return text.split(/[\s;]+/).map((one) => {
    const numbers = one.split(',').map(Number)
    if (numbers.length === count && numbers.every(Number.isFinite)) return numbers
    const shape = count === 2 ? 'x,y' : 'left,top,right,bottom'
    throw new UsageError(`--${flag}: expected ${shape} in pixels, more of them with “;” between, got “${one}”.`)
  })
}

/** What a call is given for its subject: bytes or text from standard input for `-`, frames for a folder of them. */
export async function readSubject(task: TaskName, subject: string | undefined): Promise<unknown> {
  if (subject === undefined) return subject
  if (subject !== '-') return TASK_LINES[task].subject === 'video' ? framesIn(subject) : subject
  const bytes = await readAll(process.stdin)
  if (bytes.byteLength === 0) throw new UsageError('Standard input is empty.')
  return TASK_LINES[task].subject === 'prompt' ? bytes.toString('utf8').trim() : bytes
}

/** The pictures of a folder in the order of their names; what is no folder is the video itself. */
async function framesIn(path: string): Promise<string | string[]> {
  const names = await readdir(path).catch(() => null)
  if (names === null) return path
  const order = new Intl.Collator('en', { numeric: true })
  const frames = names.filter((name) => /\.(png|jpe?g|webp|bmp|tiff?|avif)$/i.test(name)).sort(order.compare)
  if (frames.length === 0) throw new UsageError(`“${path}”: expected pictures in this folder, got none.`)
  return frames.map((name) => join(path, name))
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** One for all graphs, or `{"encoder_model":"fp32","decoder_model_merged":"q4"}`. @throws UsageError */
export function readDtype(text: string | undefined): Exclude<PipelineOptions['dtype'], undefined> | undefined {
  if (text === undefined) return undefined
  const known = ['auto', ...Object.keys(DTYPE_SUFFIX)]
  const chosen = text.startsWith('{') ? readRecord(text) : { all: text }
  const wrong = chosen && Object.values(chosen).find((name) => !known.includes(name))
  if (chosen && wrong === undefined) return (chosen.all ?? chosen) as Dtype
  const got = String(wrong ?? text)
  throw new UsageError(`--dtype: expected one of ${known.join(', ')}, got “${got}”. ${nearest(got, known)}`.trim())
}

function readRecord(text: string): Record<string, string> | null {
  try {
    return JSON.parse(text) as Record<string, string>
  } catch {
    return null
  }
}

/** Where the files of an answer go: `photo.jpg` and `out` give `out/photo`, what has no file the name of its task. */
export function placeOf(subject: string | undefined, task: TaskName, out: string | undefined) {
  const isFile = subject !== undefined && subject !== '-' && TASK_LINES[task].subject !== 'prompt'
  const isHere = isFile && !/^(https?|data):/i.test(subject)
  if (!isHere) return { stem: join(out ?? '.', task) }
  const file = /^file:/i.test(subject) ? fileURLToPath(subject) : subject
  return { stem: join(out ?? dirname(file), basename(file, extname(file))), alone: task }
}
