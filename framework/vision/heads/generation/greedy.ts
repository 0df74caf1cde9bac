/** One token after another: the best one, or one drawn from the distribution. */

import { largest, type Search } from './search.ts'

/** The whole text, prompt included, up to and including the end token. */
export async function greedySearch({ decoder, process, draw, ...search }: Search): Promise<number[]> {
  const choose = draw ?? largest
  const tokens = [...search.prompt]
  while (tokens.length < search.most) {
    search.onStep(tokens)
    const [scores] = (await decoder.step([tokens], [0])) as [Float32Array]
    process(tokens, scores)
    const [next] = choose(scores, 1) as [number]
    tokens.push(next)
    if (search.isOver(tokens)) break
  }
  return tokens
}
