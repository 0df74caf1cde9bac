/** From a cosine to a logit: `scale * cosine + bias`, two numbers that a model learnt and graphs of one half lack. */

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { fromFloat16 } from '../../runtime/float16.ts'
import type { Model } from '../../task.ts'
import { isSigmoid } from './texts.ts'

export interface Line {
  readonly scale: number
  readonly bias: number
}

/** Every CLIP was trained until its scale reached the 100 it may not pass. (Radford et al., 2021, section 2.5.) */
const CLIP: Line = { scale: 100, bias: 0 }

/** Those of google/siglip-base-patch16-224; each SigLIP has its own, close to these. */
const SIGLIP: Line = { scale: 117.33, bias: -12.93 }

const WEIGHTS = 'model.safetensors'

/**
 * `logit_scale` and `logit_bias`, out of `config.json` where somebody wrote them there, out of the weights where they lie
 * beside, or else the usual ones of the model's kind. With the usual ones the order of labels is right, and CLIP's scores
 * are; SigLIP's scores are near.
 */
export async function lineOf(model: Model): Promise<Line> {
  const usual = isSigmoid(model) ? SIGLIP : CLIP
  const { logit_scale, logit_bias } = model.config
  if (typeof logit_scale === 'number') {
    return { scale: scaleOf(logit_scale), bias: typeof logit_bias === 'number' ? logit_bias : usual.bias }
  }
  const learnt = model.has(WEIGHTS) ? await learntNumbers(model) : {}
  if (learnt.logit_scale === undefined) return usual
  return { scale: Math.exp(learnt.logit_scale), bias: learnt.logit_bias ?? 0 }
}

/** Models keep its logarithm, which is below 5; people write the number itself. */
const scaleOf = (value: number) => (value < 10 ? Math.exp(value) : value)

async function learntNumbers(model: Model): Promise<Readonly<Record<string, number>>> {
  try {
    return await readNumbers(join(model.folder, WEIGHTS), ['logit_scale', 'logit_bias'])
  } catch (cause) {
    throw model.broken(WEIGHTS, `it is no safetensors file, or not a whole one: ${(cause as Error).message}`)
  }
}

interface Entry {
  readonly dtype: string
  readonly data_offsets: readonly [number, number]
}

/**
 * Single numbers out of a safetensors file, without reading the rest of it.
 * Format: https://github.com/huggingface/safetensors#format
 */
async function readNumbers(path: string, names: readonly string[]): Promise<Readonly<Record<string, number>>> {
  await using file = await open(path)
  const read = async (length: number, position: number) =>
    (await file.read(new Uint8Array(length), 0, length, position)).buffer
  const headerBytes = Number(viewOf(await read(8, 0)).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(await read(headerBytes, 8))) as Readonly<Record<string, Entry>>
  const found: Record<string, number> = {}
  for (const name of names) {
    const entry = header[name]
    if (!entry) continue
    const [start, end] = entry.data_offsets
    const value = numberIn(viewOf(await read(end - start, 8 + headerBytes + start)), entry.dtype)
    if (value !== null) found[name] = value
  }
  return found
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function numberIn(view: DataView, dtype: string): number | null {
  if (dtype === 'F32') return view.getFloat32(0, true)
  if (dtype === 'F64') return view.getFloat64(0, true)
  if (dtype === 'F16') return fromFloat16(Uint16Array.of(view.getUint16(0, true)))[0] ?? null
  if (dtype !== 'BF16') return null
  const wide = new DataView(new ArrayBuffer(4))
  wide.setUint16(0, view.getUint16(0, true))
  return wide.getFloat32(0)
}
