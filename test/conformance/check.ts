/** Runs a case through the public pipeline and holds the answer against its reference. */

import { existsSync } from 'node:fs'
import { type Pipeline, pipeline } from '../../framework/vision/pipeline.ts'
import type { Dtype } from '../../framework/vision/task.ts'
import type { Comparer, Comparison } from './comparer.ts'
import { argumentsOf, type Case, dtypeOf } from './record.ts'

export const hasComparer = (task: string): boolean => existsSync(new URL(`./compare/${task}.ts`, import.meta.url))

/** What came out of a case; an error of the pipeline's counts as a problem. */
export async function check(one: Case): Promise<Comparison> {
  const { task } = one.reference
  try {
    if (!hasComparer(task)) return { difference: Number.NaN, problem: `there is no comparer for ${task}` }
    const { default: comparer } = (await import(`./compare/${task}.ts`)) as { default: Comparer }
    const args = comparer.args ? await comparer.args(one) : argumentsOf(one)
    const dtype = dtypeOf(one.reference)
    await using open: Pipeline = await pipeline(task, one.folder, dtype ? { dtype: dtype as Dtype } : {})
    const answer = await (open as unknown as (...args: readonly unknown[]) => Promise<unknown>)(...args)
    return await comparer.compare(answer, one)
  } catch (error) {
    return { difference: Number.NaN, problem: error instanceof Error ? error.message : String(error) }
  }
}

/** A line of the table. */
export function describe({ name, reference }: Case, { difference, problem }: Comparison): string {
  const verdict = problem === null ? 'pass' : 'FAIL'
  const what = `${name}${reference.case ? ` (${reference.case})` : ''}`
  const shown = Number.isNaN(difference) ? '' : difference.toExponential(1)
  return `${verdict}  ${reference.task.padEnd(32)} ${what.padEnd(40)} ${shown.padStart(8)}${problem === null ? '' : `  ${problem}`}`
}
