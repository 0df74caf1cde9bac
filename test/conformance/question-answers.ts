/** Lists of answers to a question, in order; scores where the model gives some. */

import { type Comparison, Findings, listOf } from './comparer.ts'
import type { Case } from './record.ts'

interface Answer {
  readonly answer: string | null
  readonly score?: number
  readonly start?: number
  readonly end?: number
}

export function compareAnswers(answer: unknown, { reference }: Case): Comparison {
  const [ours, theirs] = [answer as readonly Answer[], listOf<Answer>(reference.output)]
  const findings = new Findings()
  findings.equal('number of answers', ours.length, theirs.length)
  for (const [index, { answer, score, start, end }] of theirs.entries()) {
    const mine = ours[index]
    findings.equal(`answer ${index}`, [mine?.answer, mine?.start, mine?.end], [answer, start, end])
    if (score !== undefined) {
      const tolerance = reference.tolerance.score ?? 1e-5
      findings.within(`score of answer ${index}`, mine?.score ?? Number.NaN, score, tolerance)
    }
  }
  return findings.result
}
