/** Text out of a decoder. */

import { throwIfCancelled } from '#vision/task.ts'
import { beamSearch } from './beam.ts'
import type { Decoder } from './decoder.ts'
import { createSampler, greedySearch } from './greedy.ts'
import { logitsProcessors } from './processors.ts'
import type { Search } from './search.ts'
import type { GenerationSettings } from './settings.ts'

export interface Generation {
  /** For each text a decoder of its own; beams share one. */
  decoder(): Decoder
  readonly settings: GenerationSettings
  readonly prompt: readonly number[]
  /** Places that the network has; a text is never longer. Null where the model does not say. */
  readonly places: number | null
  readonly signal: AbortSignal
  /** @param step - tokens generated so far, the one under way included. @param total - most that may come. */
  onStep(step: number, total: number): void
}

/** Token ids of each text, best first, prompt and end token included. */
export async function generate({ decoder, settings, prompt, places, signal, onStep }: Generation): Promise<number[][]> {
  const asked =
    settings.maxNewTokens === null ? (settings.maxLength ?? Infinity) : prompt.length + settings.maxNewTokens
  const most = Math.min(asked, places ?? Infinity)
  const search = (): Search => ({
    decoder: decoder(),
    process: logitsProcessors(settings, { prompt: prompt.length, most }),
    settings,
    prompt,
    most,
    onStep(done) {
      throwIfCancelled(signal)
      onStep(done + 1, most - prompt.length)
    },
  })
  if (settings.beams > 1) return beamSearch(search())
  if (!settings.sampling) return [await greedySearch(search())]
  const choose = createSampler(settings.sampling)
  const texts: number[][] = []
  while (texts.length < settings.returned) texts.push(await greedySearch(search(), choose))
  return texts
}
