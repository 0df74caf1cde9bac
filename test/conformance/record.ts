/** What a folder of reference results says, and how it becomes a call. See the README of the fixtures for its keys. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TaskName } from '../../framework/vision/tasks.ts'
import { readNpy } from './npy.ts'

type Json = Readonly<Record<string, unknown>>

/** One reference result: these inputs and parameters, this output. */
export interface Reference {
  readonly task: TaskName
  readonly model: string
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

/** A reference and the folder that its paths start from. */
export interface Case {
  readonly name: string
  readonly folder: string
  readonly reference: Reference
}

/** Every folder below `root`, at most two levels down, that holds a model with an `expected.json`. */
export function readCases(root: string): Case[] {
  const folders = (path: string) =>
    existsSync(path)
      ? readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => entry.name)
      : []
  const models = folders(root).flatMap((name) => [name, ...folders(join(root, name)).map((inner) => join(name, inner))])
  return ['.', ...models].flatMap((name) => casesOf(join(root, name), name))
}

function casesOf(folder: string, name: string): Case[] {
  const file = join(folder, 'expected.json')
  if (!existsSync(file)) return []
  const { also = [], ...first } = JSON.parse(readFileSync(file, 'utf8')) as Reference & { also?: Reference[] }
  // Folders of pictures have an expected.json of another kind.
  if (typeof first.task !== 'string') return []
  return [first as Reference, ...also].map((reference) => ({ name, folder, reference }))
}

/** Which dtype's file the reference names, `onnx/model_fp16.onnx`. */
export function dtypeOf({ file }: Reference): string | undefined {
  const suffix = /_(quantized|[a-z0-9]+)\.onnx$/.exec(file ?? '')?.[1]
  return suffix === 'quantized' ? 'q8' : suffix
}

const FIRST = ['image', 'frames', 'video', 'prompt'] as const
const SECOND = ['candidate_labels', 'question', 'query_image'] as const
const PATHS = new Set(['image', 'frames', 'video', 'query_image'])

/** The arguments of the pipeline's call: picture, frames or prompt; labels, question or second picture; the rest as options. */
export function argumentsOf({ folder, reference }: Case): unknown[] {
  const { input, parameters } = reference
  const value = (key: string) => located(folder, key, input[key])
  const first = FIRST.find((key) => key in input)
  const second = SECOND.find((key) => key in input)
  const rest = Object.keys(input).filter((key) => key !== first && key !== second)
  const options = { ...Object.fromEntries(rest.map((key) => [key, value(key)])), ...parameters }
  return [...(first ? [value(first)] : []), ...(second ? [value(second)] : []), options]
}

function located(folder: string, key: string, value: unknown): unknown {
  if (Array.isArray(value) && PATHS.has(key)) return value.map((entry) => located(folder, key, entry))
  if (typeof value !== 'string') return value
  if (value.endsWith('.npy')) return readNpy(resolve(folder, value))
  return PATHS.has(key) ? resolve(folder, value) : value
}
