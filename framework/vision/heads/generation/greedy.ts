/** One token after another: the best one, or one drawn from the distribution. */

import { createNoise, randomSeed } from '#vision/schedulers/noise.ts'
import { softmax } from '../activations.ts'
import { largest, type Search } from './search.ts'
import type { GenerationSettings } from './settings.ts'

/** The whole text, prompt included, up to and including the end token. */
export async function greedySearch(search: Search, choose = best): Promise<number[]> {
  const { decoder, process, prompt, most, settings } = search
  const tokens = [...prompt]
  while (tokens.length < most) {
    search.onStep(tokens.length - prompt.length)
    const [scores] = (await decoder.step([tokens], [0])) as [Float32Array]
    process(tokens, scores)
    const next = choose(scores)
    tokens.push(next)
    if (settings.ends.includes(next)) break
  }
  return tokens
}

const best = (scores: Float32Array) => largest(scores, 1)[0] as number

/** Draws from the `topK` best, then from the smallest set of them that holds `topP` of the probability. */
export function createSampler({ temperature, topK, topP, seed }: NonNullable<GenerationSettings['sampling']>) {
  const source = createNoise(seed ?? randomSeed())
  return (scores: Float32Array): number => {
    const order =
      topK > 0 || topP < 1 ? largest(scores, topK > 0 ? Math.min(topK, scores.length) : scores.length) : null
    const ids = order ?? Array.from(scores, (_, id) => id)
    const chances = softmax(ids.map((id) => (scores[id] as number) / temperature))
    let kept = chances.length
    if (topP < 1) {
      let sum = 0
      kept = chances.findIndex((chance) => {
        sum += chance
        return sum >= topP
      })
      kept = kept < 0 ? chances.length : kept + 1
    }
    const whole = chances.subarray(0, kept).reduce((sum, chance) => sum + chance, 0)
    let rest = source.uniform() * whole
    const drawn = chances.subarray(0, kept).findIndex((chance) => {
      rest -= chance
      return rest < 0
    })
    return ids[drawn < 0 ? kept - 1 : drawn] as number
  }
}
