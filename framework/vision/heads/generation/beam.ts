/**
 * Beam search as transformers does it since 4.50: running and finished texts are kept apart, the score of a finished one is
 * its log-probability over its length to the power of `length_penalty`, and the search ends when no running text can beat
 * the worst finished one (`early_stopping` says how that is judged).
 */

import { largest } from '../topk.ts'
import type { Draw } from './sampling.ts'
import { logSoftmax, type Search } from './search.ts'
import type { GenerationSettings } from './settings.ts'

/** Stands for “out of the question”, and is finite as there, so that sums of it keep their order. */
const NEVER = -1e9

interface Beam {
  readonly tokens: readonly number[]
  readonly score: number
  /** Row of the last step that it goes on from. */
  readonly parent: number
}

interface Finished extends Beam {
  readonly done: boolean
}

/** The best texts, best first, prompt included; `settings.returned` of them. */
export async function beamSearch(search: Search): Promise<number[][]> {
  const { decoder, prompt, most, settings } = search
  const { beams, ends, earlyStopping } = settings
  const considered = Math.max(2, 1 + ends.length) * beams
  // All begin alike; only the first counts, so that the others stay apart from it.
  let running: Beam[] = Array.from({ length: beams }, (_, i) => ({ tokens: prompt, score: i ? NEVER : 0, parent: 0 }))
  let finished: Finished[] = Array.from({ length: beams }, () => ({
    tokens: prompt,
    score: NEVER,
    parent: 0,
    done: false,
  }))
  let hopeful = true

  for (;;) {
    const length = (running[0] as Beam).tokens.length
    if (length >= most) break
    const [best] = running as [Beam]
    search.onStep(best.tokens)
    const rows = length === prompt.length ? [best] : running
    const scores = await decoder.step(
      rows.map((beam) => beam.tokens),
      rows.map((beam) => beam.parent),
    )
    const grown = continuations(running, scores, search, considered)
    const stops = grown.map(({ tokens }) => tokens.length >= most || search.isOver(tokens))

    const full = earlyStopping === true && finished.every((beam) => beam.done)
    const penalty = (length + 1 - prompt.length) ** settings.lengthPenalty
    const ended = grown.map((beam, rank) => {
      const done = (stops[rank] as boolean) && rank < beams
      const shut = (full ? NEVER : 0) + (hopeful ? 0 : NEVER) + (done ? 0 : NEVER)
      return { ...beam, score: beam.score / penalty + shut, done }
    })
    const open = grown.map((beam, rank) => ({ ...beam, score: beam.score + (stops[rank] ? NEVER : 0) }))
    running = bestOf(open, beams)
    finished = bestOf([...finished, ...ended], beams)

    hopeful &&= mayImprove(running, finished, settings, length + 1 - prompt.length, most - prompt.length)
    const complete = earlyStopping === true && finished.every((beam) => beam.done)
    if (!hopeful || complete || stops.every(Boolean)) break
  }
  return finished.slice(0, settings.returned).map((beam) => [...beam.tokens])
}

/** The best next texts of all beams together, best first; or as many drawn. @param scores - one row may stand for all. */
function continuations(
  running: readonly Beam[],
  scores: readonly Float32Array[],
  { process, draw }: { process: Search['process']; draw: Draw | null },
  count: number,
): Beam[] {
  const words = scores[0]?.length ?? 0
  const totals = new Float32Array(words * running.length)
  for (const [row, own] of scores.entries()) {
    logSoftmax(own)
    process((running[row] as Beam).tokens, own)
  }
  for (const [row, beam] of running.entries()) {
    const own = scores[row % scores.length] as Float32Array
    for (let word = 0; word < words; word++) totals[row * words + word] = (own[word] as number) + beam.score
  }
  return (draw ?? largest)(totals, count).map((place) => {
    const row = Math.floor(place / words)
    return {
      tokens: [...(running[row] as Beam).tokens, place % words],
      score: totals[place] as number,
      parent: row % scores.length,
    }
  })
}

function bestOf<B extends Beam>(list: readonly B[], count: number): B[] {
  return largest(
    list.map((beam) => beam.score),
    count,
  ).map((index) => list[index] as B)
}

/** Whether the best running text, at its best length, would still beat a finished one. */
function mayImprove(
  running: readonly Beam[],
  finished: readonly Finished[],
  { earlyStopping, lengthPenalty }: GenerationSettings,
  length: number,
  most: number,
): boolean {
  const longest = earlyStopping === 'never' && lengthPenalty > 0 ? most : length
  const possible = (running[0] as Beam).score / longest ** lengthPenalty
  const worst = Math.min(...finished.map((beam) => beam.score))
  return finished.some((beam) => possible > (beam.done ? worst : NEVER))
}
