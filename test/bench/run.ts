// `npm run bench [-- name …] [-- --peers]`: runs the benches one after the other, prints a table each, and keeps the
// numbers as JSON under test/bench/results/.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type BenchResult, printTable, root } from './lib.ts'

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const peers = process.argv.includes('--peers')
const folder = join(root, 'test', 'bench')
const built = spawnSync(process.execPath, ['framework/build/build.mjs'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(built.status ?? 1)

const benches = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .filter((name) => (name === 'peers' ? peers || names.includes(name) : true))
  .filter((name) => names.length === 0 || names.includes(name))
if (benches.length === 0) {
  console.error(`There is no bench of the name ${names.join(', ')}.`)
  process.exit(2)
}

mkdirSync(join(folder, 'results'), { recursive: true })
for (const name of benches) {
  const { default: bench } = (await import(`./${name}.bench.ts`)) as { default: () => Promise<BenchResult> }
  const result = await bench()
  printTable(result.title, result.rows)
  if (result.note) console.log(`  ${result.note}`)
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.version}`
  writeFileSync(join(folder, 'results', `${name}.json`), `${JSON.stringify({ ...result, machine }, null, 2)}\n`)
}
