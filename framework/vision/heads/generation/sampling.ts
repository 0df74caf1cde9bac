/** Drawing from a distribution, and what transformers cuts off it before (its “logits warpers”, in its order). */

import { createNoise, randomSeed } from '#vision/schedulers/noise.ts'
import { softmax } from '../activations.ts'
import { largest } from '../topk.ts'

export interface Sampling {
  readonly temperature: number
  /** 0 keeps all. */
  readonly topK: number
  readonly topP: number
  readonly minP: number | null
  readonly typicalP: number
  readonly epsilonCutoff: number
  readonly etaCutoff: number
  /** Null for another text at every call. */
  readonly seed: number | null
}

/** Changes scores in place: what is cut off becomes -Infinity. */
export type Warper = (scores: Float32Array) => void

/** @param fewest - tokens that every one of them leaves. */
export function warpers(sampling: Sampling, fewest: number): Warper[] {
  const { temperature, topK, topP, minP, typicalP, epsilonCutoff, etaCutoff } = sampling
  const list: Warper[] = []
  if (temperature !== 1) list.push((scores) => scores.set(scores.map((score) => score / temperature)))
  if (topK > 0) list.push((scores) => keepBest(scores, Math.max(topK, fewest)))
  if (topP < 1) list.push((scores) => nucleus(scores, topP, fewest))
  if (minP !== null)
    list.push((scores) => likelyEnough(scores, fewest, (chances) => minP * Math.max(...top(chances, 1))))
  if (typicalP < 1) list.push((scores) => typical(scores, typicalP, fewest))
  if (epsilonCutoff > 0) list.push((scores) => likelyEnough(scores, fewest, () => epsilonCutoff))
  if (etaCutoff > 0) {
    list.push((scores) =>
      likelyEnough(scores, fewest, (chances) =>
        Math.min(etaCutoff, Math.sqrt(etaCutoff) * Math.exp(-entropy(chances))),
      ),
    )
  }
  return list
}

const top = (values: ArrayLike<number>, count: number) => largest(values, count).map((i) => values[i] as number)

/** Those that are worse than the `count`-th; equal ones stay. */
function keepBest(scores: Float32Array, count: number): void {
  const worst = top(scores, Math.min(count, scores.length)).at(-1) as number
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) < worst) scores[i] = -Infinity
}

/** Holtzman et al. 2019: the smallest set of the likeliest tokens that holds `mass` of the probability. */
function nucleus(scores: Float32Array, mass: number, fewest: number): void {
  const chances = softmax(scores)
  const rising = chances.slice().sort()
  let sum = rising[0] as number
  let cut = 0
  while (cut < rising.length - fewest && sum <= 1 - mass) sum += rising[++cut] as number
  // Of those that are as likely as the last one kept, the first go.
  const least = rising[cut] as number
  let equals = cut - rising.indexOf(least)
  for (let i = 0; i < scores.length; i++) {
    const chance = chances[i] as number
    if (chance < least || (chance === least && equals-- > 0)) scores[i] = -Infinity
  }
}

/** Those below a bar that depends on the distribution; the `fewest` likeliest stay. */
function likelyEnough(scores: Float32Array, fewest: number, bar: (chances: Float32Array) => number): void {
  const chances = softmax(scores)
  const least = bar(chances)
  const kept = new Set(largest(scores, fewest))
  for (let i = 0; i < scores.length; i++) if ((chances[i] as number) < least && !kept.has(i)) scores[i] = -Infinity
}

/** Meister et al. 2022: those whose surprise is nearest to what was to be expected. */
function typical(scores: Float32Array, mass: number, fewest: number): void {
  const chances = softmax(scores)
  const expected = entropy(chances)
  const distance = chances.map((chance) => Math.abs(-Math.log(chance) - expected))
  const nearest = order(distance, scores)
  let sum = 0
  const last = nearest.findIndex((id) => {
    sum += chances[id] as number
    return sum >= mass
  })
  const farthest = distance[nearest[last < 0 ? nearest.length - 1 : last] as number] as number
  for (const id of nearest.slice(fewest)) if ((distance[id] as number) > farthest) scores[id] = -Infinity
}

/** In nats. */
function entropy(chances: Float32Array): number {
  return chances.reduce((sum, chance) => (chance > 0 ? sum - chance * Math.log(chance) : sum), 0)
}

/** Tokens that may come at all, the least value first. */
function order(values: Float32Array, scores: Float32Array): number[] {
  const ids: number[] = []
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) > -Infinity) ids.push(i)
  return ids.sort((a, b) => (values[a] as number) - (values[b] as number))
}

/** Indices drawn by the softmax of the scores, none of them twice. */
export type Draw = (scores: Float32Array, count: number) => number[]

/**
 * The draws of PyTorch on a CPU, so that one seed gives the text that it gives in Python: chances over exponential noise,
 * the largest first, which is drawing by chance without putting back.
 */
export function createDraw(seed: number | null): Draw {
  const source = createNoise(seed ?? randomSeed())
  return (scores, count) => {
    const chances = softmax(scores)
    for (let i = 0; i < chances.length; i++) {
      // Drawn for every token, whatever its chance: the next ones depend on it.
      const uniform = source.uniform()
      if (chances[i]) chances[i] = (chances[i] as number) / Math.fround(-Math.log1p(-uniform))
    }
    return largest(chances, count)
  }
}
