/** Text out of a decoder. */

import { expected, type SpaceError } from '#core/errors.ts'
import { throwIfCancelled } from '#vision/task.ts'
import { beamSearch } from './beam.ts'
import type { Decoder } from './decoder.ts'
import { greedySearch } from './greedy.ts'
import { logitsProcessors } from './processors.ts'
import { createDraw } from './sampling.ts'
import type { Search } from './search.ts'
import type { GenerationSettings } from './settings.ts'

export interface Generation {
  readonly decoder: Decoder
  readonly settings: GenerationSettings
  readonly prompt: readonly number[]
  /** Tokens that the model was given beside the picture. */
  readonly source?: readonly number[]
  /** Places that the network has; a text is never longer. Null where the model does not say. */
  readonly places: number | null
  readonly signal: AbortSignal
  /** What tokens say: for the texts that end a text. */
  textOf(tokens: readonly number[]): string
  /** @param tokens - the best text so far, prompt included. @param most - tokens that it may have. */
  onStep(tokens: readonly number[], most: number): void
}

function tooShort(length: number, most: number, places: number | null): SpaceError {
  if (most !== places) return expected('max_length', `more than the ${length} tokens that the text begins with`, most)
  return expected('prompt', `fewer tokens than the model has places (${places})`, `${length} tokens`)
}

/** Token ids of each text, best first, prompt and end token included. */
export async function generate({ decoder, settings, prompt, signal, ...rest }: Generation): Promise<number[][]> {
  const asked =
    settings.maxNewTokens === null ? (settings.maxLength ?? Infinity) : prompt.length + settings.maxNewTokens
  const most = Math.min(asked, rest.places ?? Infinity)
  if (most <= prompt.length) throw tooShort(prompt.length, most, rest.places)
  const { ends, stopTexts, sampling, maxSeconds } = settings
  const latest = performance.now() + (maxSeconds ?? Infinity) * 1000
  const draw = sampling && createDraw(sampling.seed)
  const isOver = (tokens: readonly number[]): boolean => {
    if (ends.includes(tokens.at(-1) as number) || performance.now() > latest) return true
    if (stopTexts.length === 0) return false
    const text = rest.textOf(tokens.slice(prompt.length))
    return stopTexts.some((stop) => text.includes(stop))
  }
  const search: Search = {
    decoder,
    process: logitsProcessors(settings, { prompt: prompt.length, most }, rest.source),
    settings,
    prompt,
    most,
    draw,
    isOver,
    onStep(tokens) {
      throwIfCancelled(signal)
      rest.onStep(tokens, most)
    },
  }
  return settings.beams > 1 ? beamSearch(search) : greedySearch(search)
}
