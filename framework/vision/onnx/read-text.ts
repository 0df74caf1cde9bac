/** A line of text, best path through scores for each step and character (CTC; Graves et al., 2006). */

import { argmax, softmax } from '../heads/activations.ts'
import type { Tensor } from '../task.ts'
import type { AnswerOf, TextHead } from './head-kinds.ts'

/** Best character of each step; repeats and blanks fall away. The score is the mean of those that stay. */
export function readText(head: TextHead, { data, dims }: Tensor<'float32'>): AnswerOf['text'] {
  const { characters, blank = 'first', apply = 'none' } = head
  const classes = dims.at(-1) ?? 1
  const empty = blank === 'first' ? 0 : classes - 1
  const kept: { character: string; score: number }[] = []
  let previous = empty
  for (let start = 0; start < data.length; start += classes) {
    const row = data.subarray(start, start + classes)
    const scores = apply === 'softmax' ? softmax(row) : row
    const best = argmax(scores)
    if (best !== empty && best !== previous)
      kept.push({ character: characters[blank === 'first' ? best - 1 : best] ?? '', score: scores[best] as number })
    previous = best
  }
  const sum = kept.reduce((all, { score }) => all + score, 0)
  return { text: kept.map(({ character }) => character).join(''), score: kept.length === 0 ? 0 : sum / kept.length }
}
