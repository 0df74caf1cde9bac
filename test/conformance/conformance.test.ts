import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { check, describe, hasComparer } from './check.ts'
import { readCases } from './record.ts'

const small = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
const whole = fileURLToPath(new URL('../../../shared/fixtures/hf-tiny', import.meta.url))

after(closeRuntime)

// The small ones are copies out of the whole collection.
for (const one of readCases(existsSync(whole) ? whole : small)) {
  const { task, case: which } = one.reference
  const skip = hasComparer(task) ? false : `nothing compares ${task} yet`
  test(`${task} with ${one.name}${which ? `, ${which},` : ''} answers as Python does`, { skip }, async (t) => {
    const comparison = await check(one)
    t.diagnostic(describe(one, comparison))
    assert.equal(comparison.problem, null)
  })
}

if (!existsSync(whole)) {
  test('the whole collection of models answers as Python does', { skip: '../shared/fixtures is not here' }, () => {})
}
