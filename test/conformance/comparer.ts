/** How an answer is held against a reference; each task has a comparer in `compare/<task>.ts`, its default export. */

import type { Awaitable } from '../../framework/core/types.ts'
import type { Case } from './record.ts'

export interface Comparison {
  /** Largest difference found, in the unit that the task's tolerance is stated in. */
  readonly difference: number
  /** What is wrong, in a few words; null when the answer holds. */
  readonly problem: string | null
}

export interface Comparer {
  /** Arguments of the call, where they are not the usual ones of `argumentsOf`. */
  args?(of: Case): Awaitable<readonly unknown[]>
  compare(answer: unknown, of: Case): Awaitable<Comparison>
}

export const defineComparer = (comparer: Comparer): Comparer => comparer

export type Verdict = 'pass' | 'FAIL' | 'skip'

/** A line of the table. */
export function describe(verdict: Verdict, task: string, what: string, difference: number, problem: string | null) {
  const shown = Number.isNaN(difference) ? '' : difference.toExponential(1)
  const line = `${verdict}  ${task.padEnd(32)} ${what.padEnd(40)} ${shown.padStart(8)}`
  return problem === null ? line : `${line}  ${problem}`
}

/** Gathers differences; the first thing that is wrong is what is reported. */
export class Findings {
  #difference = 0
  #problem: string | null = null

  /** @param what - names the value in the report. */
  within(what: string, got: number, wanted: number, tolerance: number): void {
    const difference = Math.abs(got - wanted)
    if (!(difference <= this.#difference)) this.#difference = difference
    if (!(difference <= tolerance)) this.wrong(`${what} is ${got}, not ${wanted}`)
  }

  /** Compares two lists of numbers of one length. */
  allWithin(what: string, got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
    this.equal(`length of ${what}`, got.length, wanted.length)
    for (let i = 0; i < wanted.length; i++) {
      this.within(`${what}[${i}]`, got[i] as number, wanted[i] as number, tolerance)
    }
  }

  equal(what: string, got: unknown, wanted: unknown): void {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      this.wrong(`${what} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`)
    }
  }

  wrong(problem: string): void {
    this.#problem ??= problem
  }

  get result(): Comparison {
    return { difference: this.#difference, problem: this.#problem }
  }
}

/** Scores closer than this may swap their places: half of what they may differ, where a reference does not say. */
export const tieOf = ({ tie, score = 1e-5 }: Readonly<Record<string, number>>): number => tie ?? score / 2

/** Lists of `{ label, score }` in order; entries whose scores are nearly equal may have swapped. */
export function compareScored(got: unknown, wanted: unknown, tolerance: Readonly<Record<string, number>>): Comparison {
  type Scored = { label: string; score: number }
  const findings = new Findings()
  const [ours, theirs] = [got as Scored[], listOf<Scored>(wanted)]
  findings.equal('length', ours.length, theirs.length)
  for (const [index, { label, score }] of theirs.entries()) {
    const mine = ours[index]
    if (!mine) break
    findings.within(`score of ${label}`, mine.score, score, tolerance.score ?? 1e-5)
    const tied = theirs.some((other) => other.label === mine.label && Math.abs(other.score - score) < tieOf(tolerance))
    if (!tied) findings.equal(`label ${index}`, mine.label, label)
  }
  return findings.result
}

/** A reference that is a list, as it has to be. */
export function listOf<T>(wanted: unknown): readonly T[] {
  if (Array.isArray(wanted)) return wanted as readonly T[]
  throw new Error('expected.json: output should be a list')
}
