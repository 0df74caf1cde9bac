/** What the ways of searching share. */

import type { Decoder } from './decoder.ts'
import type { LogitsProcessor } from './processors.ts'
import type { Draw } from './sampling.ts'
import type { GenerationSettings } from './settings.ts'

export interface Search {
  readonly decoder: Decoder
  readonly process: LogitsProcessor
  readonly settings: GenerationSettings
  /** Tokens that every text begins with. */
  readonly prompt: readonly number[]
  /** Most tokens of a text, prompt included. */
  readonly most: number
  /** Takes the place of “the best” where texts are sampled. */
  readonly draw: Draw | null
  /** Whether a text ends with its last token. */
  isOver(tokens: readonly number[]): boolean
  /** Called before each step with the best text so far; throws when the call was cancelled. */
  onStep(tokens: readonly number[]): void
}

/** `log(softmax(scores))` in place. */
export function logSoftmax(scores: Float32Array): void {
  let max = -Infinity
  for (const score of scores) max = Math.max(max, score)
  let sum = 0
  for (const score of scores) sum += Math.exp(score - max)
  const log = max + Math.log(sum)
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) - log
}
