/** What a record of reference results says, and how it becomes a call. See the README of the fixtures for its keys. */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { DTYPES, type Dtype } from '../../framework/vision/task.ts'
import { TASKS, type TaskName } from '../../framework/vision/tasks.ts'
import { readNpy } from './npy.ts'

type Json = Readonly<Record<string, unknown>>

/** One reference result: these inputs and parameters, this output. */
export interface Reference {
  readonly task: TaskName
  readonly case?: string
  /** The graph it was made with, where it is not the model's usual one. */
  readonly file?: string
  readonly input: Json
  readonly parameters: Json
  readonly output: unknown
  readonly detail?: Json
  /** Absolute, by what is compared: `score`, `box`, … */
  readonly tolerance: Readonly<Record<string, number>>
}

/** A reference, the folder that its paths start from, and the one that all models are in. */
export interface Case {
  readonly name: string
  readonly folder: string
  readonly root: string
  readonly reference: Reference
}

/** A record as it was written down, with what may be left out or said shorter. */
export function referenceOf(written: Json): Reference {
  const { input, parameters, tolerance } = written
  return {
    ...(written as unknown as Reference),
    input: isRecord(input) ? input : input === undefined ? {} : { image: input },
    parameters: isRecord(parameters) ? parameters : {},
    tolerance: isRecord(tolerance) ? (tolerance as Reference['tolerance']) : sameForAll(tolerance),
  }
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const sameForAll = (limit: unknown): Reference['tolerance'] =>
  typeof limit === 'number' ? { score: limit, value: limit, values: limit, predicted_depth: limit } : {}

/** Which dtype's file the reference names, `onnx/model_fp16.onnx`. */
export function dtypeOf({ file }: Reference): Dtype | undefined {
  const suffix = /_([a-z0-9]+)\.onnx$/.exec(file ?? '')?.[1]
  return suffix === 'quantized' ? 'q8' : DTYPES.find((dtype) => dtype === suffix)
}

const FIRST = ['image', 'images', 'frames', 'video', 'prompt'] as const
const SECOND = ['candidate_labels', 'question', 'query_image'] as const
const PATHS = new Set(['image', 'images', 'frames', 'video', 'query_image'])

/** The arguments of the pipeline's call: picture, frames or prompt; labels, question or second picture; the rest as options. */
export function argumentsOf(one: Case): unknown[] {
  const { input, parameters } = one.reference
  const all = { ...parameters, ...input }
  const first = FIRST.find((key) => key in all)
  const second = SECOND.find((key) => key in all)
  const value = (key: string) => located(one, key, all[key])
  const rest = Object.keys(all).filter((key) => key !== first && key !== second)
  const options = Object.fromEntries(rest.map((key) => [key, value(key)]))
  return [...(first ? [value(first)] : []), ...(second ? [value(second)] : []), options]
}

/** The references of single answers, where a list was given and each of its entries has one; null else. */
export function perAnswer(one: Case): Case[] | null {
  const { reference } = one
  const { task, output } = reference
  const [first] = argumentsOf(one)
  const many = Array.isArray(first) && Object.hasOwn(TASKS, task) && TASKS[task].spreads(first)
  if (!many || !Array.isArray(output)) return null
  return output.map((answer) => ({ ...one, reference: { ...reference, output: answer } }))
}

function located(one: Case, key: string, value: unknown): unknown {
  if (Array.isArray(value) && PATHS.has(key)) return value.map((entry) => located(one, key, entry))
  if (typeof value !== 'string') return value
  if (value.endsWith('.npy')) return readNpy(fileOf(one, value))
  if (!PATHS.has(key)) return value
  const file = fileOf(one, value)
  return key === 'frames' && statSync(file, { throwIfNoEntry: false })?.isDirectory() ? filesIn(file) : file
}

const filesIn = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))

/**
 * A file that a record names, relative to the model's folder; where it is not there, to a folder around it as far as
 * `root`. Addresses and pictures as text stay as they are.
 */
export function fileOf({ folder, root }: Pick<Case, 'folder' | 'root'>, name: string): string {
  if (/^(https?|data|file):/i.test(name)) return name
  for (let at = folder; !relative(root, at).startsWith('..'); at = dirname(at)) {
    if (existsSync(resolve(at, name))) return resolve(at, name)
    if (at === dirname(at)) break
  }
  return existsSync(resolve(folder, name)) ? resolve(folder, name) : name.length > 255 ? name : resolve(folder, name)
}
