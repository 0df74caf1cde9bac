/**
 * `npm run conformance [folder …]`: a line for each model below the folders, or for all that are here: whether it holds,
 * its task, and the largest difference from its reference results. Exit code 1 if one does not hold.
 */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pipeline } from '../../framework/vision/pipeline.ts'
import { check, worst } from './check.ts'
import { describe, type Verdict } from './comparer.ts'
import { findModels, knownModels } from './find.ts'
import { type Case, dtypeOf } from './record.ts'

/** npm runs this in the repository, wherever it was called. */
function placeOf(folder: string): string {
  const called = resolve(process.env.INIT_CWD ?? '.', folder)
  return existsSync(called) ? called : resolve(folder)
}

const given = process.argv.slice(2).map(placeOf)
const models = given.length > 0 ? given.flatMap(findModels) : knownModels()

let [lines, failedLines, results, failedResults] = [0, 0, 0, 0]

for (const { name, cases, problem } of models) {
  if (problem) say(problem.fails ? 'FAIL' : 'skip', '', name, Number.NaN, problem.what)
  for (const task of new Set(cases.map(({ reference }) => reference.task))) {
    await report(
      name,
      cases.filter(({ reference }) => reference.task === task),
    )
  }
}

if (lines === 0) {
  console.error(`conformance: expected models with an expected.json in ${given.join(', ')}, got none.`)
  process.exit(1)
}
console.log(
  `\n${lines - failedLines} of ${lines} models hold, ${results - failedResults} of ${results} reference results.`,
)
process.exitCode = failedLines === 0 ? 0 : 1

/** One task of a model. The cases that do not hold are told below its line, where there are several. */
async function report(name: string, cases: readonly Case[]): Promise<void> {
  const found = []
  const held = cases.map(({ folder, reference }) => keepOpen(folder, reference))
  for (const one of cases) found.push({ one, comparison: await check(one) })
  await Promise.all(held.map(async (open) => (await open)?.dispose()))

  const failed = found.filter(({ comparison }) => comparison.problem !== null)
  const { difference, problem } = worst(found.map(({ comparison }) => comparison))
  results += found.length
  failedResults += failed.length
  const { task } = (cases[0] as Case).reference
  const what = cases.length > 1 ? `${name} (${cases.length} cases)` : name
  say(
    failed.length > 0 ? 'FAIL' : 'pass',
    task,
    what,
    difference,
    failed.length > 1 ? `${failed.length} cases` : problem,
  )
  if (failed.length > 1 || cases.length > failed.length)
    for (const { one, comparison } of failed)
      console.log(`      ${one.reference.case ?? 'first case'}: ${comparison.problem}`)
}

/** So that a model is loaded once for all its cases. What is wrong with it, every case says. */
async function keepOpen(folder: string, reference: Case['reference']) {
  const dtype = dtypeOf(reference)
  return pipeline(reference.task, folder, dtype ? { dtype } : {}).catch(() => null)
}

function say(verdict: Verdict, task: string, what: string, difference: number, problem: string | null): void {
  if (verdict !== 'skip') lines++
  if (verdict === 'FAIL') failedLines++
  console.log(describe(verdict, task, what, difference, problem))
}
