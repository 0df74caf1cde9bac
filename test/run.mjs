// Builds the package, then runs the tests under node:test: `npm test`, or `npm test -- <part of a path> …` for some of them.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'))

const files = ['framework', 'components', 'spaces', 'templates', 'test']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`No test file has ${wanted.join(' or ')} in its path.`)
  process.exit(1)
}

const run = (args, env) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
if (!flags.includes('--no-build')) {
  const built = run(['framework/build/build.mjs'])
  if (built !== 0) process.exit(built)
}
const options = flags.filter((flag) => flag !== '--no-build')
const isUnit = (file) => /^(framework|components)\b/.test(file)
const units = files.filter(isUnit)
const entries = [...(units.length > 0 ? ['test/unit.mjs'] : []), ...files.filter((file) => !isUnit(file))]
const environment = { ORT_DISABLE_TELEMETRY: '1', NODE_ENV: 'test', UNIT_TESTS: units.join('\n') }
process.exit(
  run(
    ['--conditions=spaces-source', '--import', 'tsx', '--test', '--test-concurrency=2', ...options, ...entries],
    environment,
  ),
)
