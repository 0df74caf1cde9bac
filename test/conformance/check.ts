/** Runs the cases of a model through the public pipeline and holds the answers against their references. */

import { existsSync } from 'node:fs'
import { type Pipeline, pipeline } from '../../framework/vision/pipeline.ts'
import { type Comparer, type Comparison, Findings } from './comparer.ts'
import { argumentsOf, type Case, dtypeOf, perAnswer } from './record.ts'

const comparerFile = (task: string) => new URL(`./compare/${task}.ts`, import.meta.url)

export const hasComparer = (task: string): boolean => /^[a-z-]+$/.test(task) && existsSync(comparerFile(task))

/** What came out of a case; an error of the pipeline's counts as a problem. */
export async function check(one: Case): Promise<Comparison> {
  const { task } = one.reference
  try {
    const dtype = dtypeOf(one.reference)
    await using open: Pipeline = await pipeline(task, one.folder, dtype ? { dtype } : {})
    if (!hasComparer(task)) return failed(`there is no comparer for ${task}`)
    const { default: comparer } = (await import(comparerFile(task).href)) as { default: Comparer }
    const args = comparer.args ? await comparer.args(one) : argumentsOf(one)
    const answer = await (open as unknown as (...args: readonly unknown[]) => Promise<unknown>)(...args)
    return await compare(comparer, answer, one)
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}

const failed = (problem: string): Comparison => ({ difference: Number.NaN, problem })

async function compare(comparer: Comparer, answer: unknown, one: Case): Promise<Comparison> {
  const singles = perAnswer(one)
  if (!singles) return comparer.compare(answer, one)
  const answers = answer as readonly unknown[]
  const findings = new Findings()
  findings.equal('number of answers', answers.length, singles.length)
  const found = await Promise.all(singles.map((single, i) => comparer.compare(answers[i], single)))
  return worst([findings.result, ...found])
}

/** The largest difference, and the first problem. */
export function worst(comparisons: readonly Comparison[]): Comparison {
  const differences = comparisons.map(({ difference }) => difference).filter((value) => !Number.isNaN(value))
  return {
    difference: differences.length ? Math.max(...differences) : Number.NaN,
    problem: comparisons.find(({ problem }) => problem !== null)?.problem ?? null,
  }
}
