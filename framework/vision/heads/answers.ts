/** Extractive answers: which words of a document a start and an end score point at. */

import { largest } from './topk.ts'

export interface Answer {
  readonly score: number
  readonly answer: string
  /** Index of the first word of the answer. */
  readonly start: number
  /** Index of the last one. */
  readonly end: number
}

export interface Span {
  readonly score: number
  /** Tokens of the window. */
  readonly start: number
  readonly end: number
}

/** Added to what cannot be part of an answer, as transformers does: after the softmax it is nothing. */
const MASKED = -10_000

/**
 * The best spans of one window.
 * @param allowed - for each token whether it may be in an answer. The first token stands for “no answer”: it takes part in
 * the softmax and never in a span.
 * @param options.longest - tokens of an answer at most.
 */
export function bestSpans(
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  allowed: readonly boolean[],
  { count, longest }: { count: number; longest: number },
): { spans: Span[]; none: number } {
  const starts = chances(start, allowed)
  const ends = chances(end, allowed)
  const none = Math.fround((starts[0] as number) * (ends[0] as number))
  starts[0] = 0
  ends[0] = 0

  const length = allowed.length
  const scores = new Float32Array(length * length)
  for (let from = 0; from < length; from++) {
    for (let to = from; to < Math.min(length, from + longest); to++)
      scores[from * length + to] = (starts[from] as number) * (ends[to] as number)
  }
  const spans = largest(scores, count).map((index) => ({
    score: scores[index] as number,
    start: Math.floor(index / length),
    end: index % length,
  }))
  return { none, spans: spans.filter((span) => allowed[span.start] && allowed[span.end]) }
}

/** Softmax over what is allowed. */
function chances(logits: ArrayLike<number>, allowed: readonly boolean[]): Float32Array {
  const values = Float32Array.from(allowed, (ok, i) => (ok ? (logits[i] ?? MASKED) : MASKED))
  const max = values.reduce((most, value) => Math.max(most, value), -Infinity)
  const powers = values.map((value) => Math.exp(value - max))
  const sum = powers.reduce((total, value) => total + value, 0)
  return powers.map((value) => value / sum)
}

/**
 * Cuts a long list into overlapping parts, the last of which ends with the list.
 * @param overlap - how many entries two neighbours share; less than `size`.
 */
export function windows(length: number, size: number, overlap: number): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = []
  for (let from = 0; ; from += size - overlap) {
    const to = Math.min(from + size, length)
    parts.push({ from, to })
    if (to === length) return parts
  }
}
