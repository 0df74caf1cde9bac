import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, test } from 'node:test'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { check, hasComparer } from './check.ts'
import { describe } from './comparer.ts'
import { COLLECTION, knownModels } from './find.ts'

after(closeRuntime)

for (const one of knownModels().flatMap(({ cases }) => cases)) {
  const { task, case: which } = one.reference
  const skip = hasComparer(task) ? false : `nothing compares ${task} yet`
  test(`${task} with ${one.name}${which ? `, ${which},` : ''} answers as Python does`, { skip }, async (t) => {
    const comparison = await check(one)
    const { difference, problem } = comparison
    t.diagnostic(describe(problem === null ? 'pass' : 'FAIL', task, one.name, difference, problem))
    assert.equal(problem, null)
  })
}

if (!existsSync(COLLECTION)) {
  test('the whole collection of models answers as Python does', { skip: '../shared/fixtures is not here' }, () => {})
}
