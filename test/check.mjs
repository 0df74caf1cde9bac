// Everything that has to hold before a commit, in one command: `npm run check`.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tool = (name, ...args) => [join(root, 'node_modules', '.bin', name), args]
const steps = [
  ['lint and format', tool('biome', 'check', '.')],
  ['types', tool('tsc')],
  ['types of the core, without Node and without a page', tool('tsc', '-p', 'framework/core')],
  ['tests', [process.execPath, ['test/run.mjs']]],
]

for (const [name, [command, args]] of steps) {
  const startedAt = performance.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
  if (status !== 0) process.exit(status ?? 1)
}
