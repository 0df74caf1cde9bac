/** One token after another: the best one, or one drawn from the distribution. */

import { largest } from '../topk.ts'
import type { Search } from './search.ts'

/** `settings.returned` whole texts, prompt included, each up to and including its end token. */
export async function greedySearch(search: Search): Promise<number[][]> {
  const { decoder, process, draw, settings, prompt, most } = search
  const choose = draw ?? largest
  const filler = settings.pad ?? settings.ends[0] ?? 0
  const rows = Array.from({ length: settings.returned }, () => ({ tokens: [...prompt], length: Infinity }))
  const isOpen = ({ length }: { length: number }) => length === Infinity

  for (let length = prompt.length; length < most && rows.some(isOpen); length++) {
    search.onStep((rows.find(isOpen) ?? { tokens: prompt }).tokens)
    // All begin alike: the first step is made once for all.
    const known = length === prompt.length ? rows.slice(0, 1) : rows
    const scores = await decoder.step(
      known.map(({ tokens }) => tokens),
      known.length < rows.length ? [0] : rows.map((_, i) => (length === prompt.length + 1 ? 0 : i)),
    )
    for (const [i, row] of rows.entries()) {
      const own = scores.length < rows.length ? (scores[0] as Float32Array).slice() : (scores[i] as Float32Array)
      process(row.tokens, own)
      // Drawn for those that have ended, too: so does torch, and the others depend on it.
      const [next] = choose(own, 1) as [number]
      row.tokens.push(isOpen(row) ? next : filler)
      if (isOpen(row) && search.isOver(row.tokens)) row.length = row.tokens.length
    }
  }
  return rows.map(({ tokens, length }) => tokens.slice(0, Math.min(length, tokens.length)))
}
