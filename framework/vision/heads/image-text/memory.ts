/** Text features of the sets of labels that were asked for last: the next picture with the same labels needs none. */

import type { Tensor } from '../../task.ts'

/** Sets kept for each model; two hundred labels of CLIP take 400 KB. */
const SETS = 8

export interface TextMemory {
  get(texts: readonly string[]): Tensor<'float32'> | undefined
  set(texts: readonly string[], features: Tensor<'float32'>): void
}

export function createTextMemory(): TextMemory {
  const known = new Map<string, Tensor<'float32'>>()
  return {
    get(texts) {
      const key = JSON.stringify(texts)
      const features = known.get(key)
      if (features) renew(known, key, features)
      return features
    },
    set(texts, features) {
      renew(known, JSON.stringify(texts), features)
      const oldest = known.keys().next()
      if (known.size > SETS && !oldest.done) known.delete(oldest.value)
    },
  }
}

/** A map keeps the order of insertion: what was used last comes last. */
function renew<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
}
