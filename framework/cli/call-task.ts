/** A task's arguments from the command line, and its answer as JSON with files beside it. */

import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, relative } from 'node:path'
import type { Image, Pixels } from '#core/media.ts'
import { nearest } from '#core/nearest.ts'
import { DTYPE_SUFFIX } from '#vision/hub/index.ts'
import { createImage, type Dtype, type TaskName, type Tensor } from '#vision/index.ts'
import { UsageError } from './command.ts'

/** What stands beside the files on the line. */
export interface CallFlags {
  readonly labels: string | undefined
  readonly question: string | undefined
  readonly query: string | undefined
  readonly options: string | undefined
}

/** The flag that gives a task its second argument. */
const SECOND: Readonly<Partial<Record<TaskName, 'labels' | 'question' | 'query'>>> = {
  'zero-shot-image-classification': 'labels',
  'zero-shot-image-segmentation': 'labels',
  'zero-shot-object-detection': 'labels',
  'zero-shot-video-classification': 'labels',
  'document-question-answering': 'question',
  'visual-question-answering': 'question',
  'image-guided-object-detection': 'query',
  'image-guided-segmentation': 'query',
}

/** The calls that a line asks for: one for each file, prompt, or nothing at all. */
export function callsOf(task: TaskName, subjects: readonly string[], flags: CallFlags): unknown[][] {
  const options = readOptions(flags.options)
  if (task === 'unconditional-image-generation') {
    if (subjects.length > 0) throw new UsageError(`${task} takes no file, got “${subjects[0]}”.`)
    return [[options]]
  }
  if (subjects.length === 0) {
    throw new UsageError(`${task}: expected ${task === 'text-to-image' ? 'a prompt' : 'a file'} after the model.`)
  }
  return subjects.map((subject) => [subject, ...secondOf(task, flags), options])
}

function secondOf(task: TaskName, flags: CallFlags): unknown[] {
  const name = SECOND[task]
  for (const other of ['labels', 'question', 'query'] as const) {
    if (flags[other] !== undefined && other !== name) throw new UsageError(`${task} takes no --${other}.`)
  }
  if (name === undefined) return []
  const given = flags[name]
  if (given === undefined) throw new UsageError(`${task} needs --${name}.`)
  return [name === 'labels' ? given.split(',').map((label) => label.trim()) : given]
}

function readOptions(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {}
  try {
    const options: unknown = JSON.parse(json)
    if (typeof options === 'object' && options !== null && !Array.isArray(options)) return { ...options }
  } catch {
    // Refused below, in the same words.
  }
  throw new UsageError(`--options: expected an object in JSON, such as '{"top_k":3}', got “${json}”.`)
}

export function readDtype(name: string | undefined): Dtype | undefined {
  if (name === undefined || Object.hasOwn(DTYPE_SUFFIX, name)) return name as Dtype | undefined
  const known = Object.keys(DTYPE_SUFFIX)
  throw new UsageError(`--dtype: expected one of ${known.join(', ')}, got “${name}”. ${nearest(name, known)}`.trim())
}

/** `photo.jpg` and `out` give `out/photo`: the beginning of the name of each file that is written. */
export function stemOf(subject: string | undefined, task: TaskName, out: string | undefined): string {
  const isFile = subject !== undefined && task !== 'text-to-image' && !/^(https?|data):/.test(subject)
  const name = isFile ? basename(subject, extname(subject)) : task
  return join(out ?? (isFile ? dirname(subject) : '.'), name)
}

/**
 * The answer with every picture, mask and tensor written to a file of its own (`photo.depth.png`, `photo.0.mask.png`,
 * `photo.predicted_depth.npy`) and replaced by the path of that file.
 */
export async function writeMedia(answer: unknown, stem: string): Promise<unknown> {
  if (typeof answer !== 'object' || answer === null) return typeof answer === 'bigint' ? Number(answer) : answer
  if (isImage(answer)) return save(`${stem}.png`, await answer.encode('png'))
  if (isMask(answer)) return save(`${stem}.png`, await createImage({ ...answer, channels: 1 }).encode('png'))
  if (isTensor(answer)) return save(`${stem}.npy`, encodeNpy(answer))
  if (ArrayBuffer.isView(answer)) return Array.from(answer as unknown as ArrayLike<number>, Number)
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(answer)) entries.push([key, await writeMedia(value, `${stem}.${key}`)])
  return Array.isArray(answer) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}

const isImage = (value: object): value is Image => 'encode' in value && typeof value.encode === 'function'
const isMask = (value: object): value is Omit<Pixels, 'channels'> =>
  'data' in value && 'width' in value && 'height' in value && value.data instanceof Uint8Array
const isTensor = (value: object): value is Tensor => 'dims' in value && 'data' in value && 'type' in value

async function save(path: string, content: Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return relative(process.cwd(), path)
}

const NUMPY_TYPE: Readonly<Record<Tensor['type'], string>> = {
  float32: '<f4',
  float64: '<f8',
  int64: '<i8',
  int32: '<i4',
  uint8: '|u1',
  int8: '|i1',
  bool: '|b1',
}

/** NumPy's file format, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function encodeNpy({ type, dims, data }: Tensor): Uint8Array {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ')
  const facts = `{'descr': '${NUMPY_TYPE[type]}', 'fortran_order': False, 'shape': (${shape}), }`
  const header = `${facts.padEnd(Math.ceil((10 + facts.length + 1) / 64) * 64 - 11)}\n`
  const head = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.alloc(2), Buffer.from(header)])
  head.writeUInt16LE(header.length, 8)
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}
