/** Feature vectors of pictures and texts: where a graph has them, and how alike two of them are. */

import type { Outputs, Session, Tensor } from '../../task.ts'

const NAMES = {
  text: ['text_embeds', 'l2norm_text_embeddings', 'text_embeddings', 'text_features'],
  image: ['image_embeds', 'l2norm_image_embeddings', 'image_embeddings', 'image_features'],
} as const

export type Half = keyof typeof NAMES

/**
 * The names under which a graph has features, one vector for each text or picture and not one for each token; a graph of
 * one half may call them anything.
 */
export function featureNames({ outputs }: Session, half: Half, alone: boolean): string[] {
  const vectors = outputs.filter(({ dims }) => dims.length === 2 || dims.length === 0)
  const named = NAMES[half].filter((name) => vectors.some((output) => output.name === name))
  if (named.length > 0 || !alone) return named
  const pooled = vectors.find(({ name }) => name === 'pooler_output')
  const [only, ...others] = vectors
  const one = pooled ?? (others.length === 0 ? only : undefined)
  return one ? [one.name] : [...NAMES[half], 'pooler_output']
}

/** The features of a batch, `[count, size]`, each of length one. */
export function readFeatures(session: Session, outputs: Outputs, names: readonly string[]): Tensor<'float32'> {
  const { dims, data } = session.floats(outputs, ...names)
  const size = dims.at(-1) ?? 0
  return { type: 'float32', dims: [size === 0 ? 0 : data.length / size, size], data: normalized(data, size) }
}

function normalized(values: Float32Array, size: number): Float32Array {
  const result = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += size) {
    let square = 0
    for (let i = start; i < start + size; i++) square += (values[i] as number) ** 2
    const norm = Math.sqrt(square) || 1
    for (let i = start; i < start + size; i++) result[i] = (values[i] as number) / norm
  }
  return result
}

/** The cosine between a picture and each text. Both must have length one. */
export function cosines({ data: picture, dims: [, size = 0] }: Tensor<'float32'>, texts: Tensor<'float32'>): number[] {
  const [count = 0] = texts.dims
  return Array.from({ length: count }, (_, row) => {
    let product = 0
    for (let i = 0; i < size; i++) product += (picture[i] as number) * (texts.data[row * size + i] as number)
    return product
  })
}

/** Rows below each other. */
export function stacked(parts: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  const [first] = parts
  if (first && parts.length === 1) return first
  const size = first?.dims[1] ?? 0
  const rows = parts.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0)
  const data = new Float32Array(rows * size)
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { type: 'float32', dims: [rows, size], data }
}

/** The first rows. */
export function firstRows({ data, dims: [, size = 0] }: Tensor<'float32'>, count: number): Tensor<'float32'> {
  return { type: 'float32', dims: [count, size], data: data.subarray(0, count * size) }
}
