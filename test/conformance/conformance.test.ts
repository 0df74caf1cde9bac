import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { check, hasComparer } from './check.ts'
import { describe } from './comparer.ts'
import { findModels } from './find.ts'

const small = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
const whole = fileURLToPath(new URL('../../../shared/fixtures/hf-tiny', import.meta.url))

after(closeRuntime)

// Most of the small ones are copies out of the whole collection.
const collected = existsSync(whole) ? findModels(whole) : []
const others = findModels(small).filter(({ name }) => !collected.some((model) => model.name === name))

for (const one of [...collected, ...others].flatMap(({ cases }) => cases)) {
  const { task, case: which } = one.reference
  const skip = hasComparer(task) ? false : `nothing compares ${task} yet`
  test(`${task} with ${one.name}${which ? `, ${which},` : ''} answers as Python does`, { skip }, async (t) => {
    const comparison = await check(one)
    const { difference, problem } = comparison
    t.diagnostic(describe(problem === null ? 'pass' : 'FAIL', task, one.name, difference, problem))
    assert.equal(problem, null)
  })
}

if (!existsSync(whole)) {
  test('the whole collection of models answers as Python does', { skip: '../shared/fixtures is not here' }, () => {})
}
