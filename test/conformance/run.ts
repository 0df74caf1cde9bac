/** `npm run conformance [folder]`: a line for each reference below the folder, exit code 1 if one does not hold. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check, describe } from './check.ts'
import { readCases } from './record.ts'

const whole = fileURLToPath(new URL('../../../shared/fixtures/hf-tiny', import.meta.url))
const small = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
const root = process.argv[2] ? resolve(process.argv[2]) : existsSync(whole) ? whole : small

const cases = readCases(root)
if (cases.length === 0) {
  console.error(`conformance: expected models with an expected.json in ${root}, got none.`)
  process.exit(1)
}
let failed = 0
for (const one of cases) {
  const comparison = await check(one)
  if (comparison.problem !== null) failed++
  console.log(describe(one, comparison))
}
console.log(`\n${cases.length - failed} of ${cases.length} hold.`)
process.exitCode = failed === 0 ? 0 : 1
