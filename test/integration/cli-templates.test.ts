import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cli, openFolder, startCli } from '../helpers/cli.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const templates = await readdir(join(root, 'templates'))
const run = promisify(execFile)
const timeout = 30_000

for (const template of templates) {
  test(`a project from the template ${template} checks, type-checks, passes its test and serves its page`, {
    timeout,
  }, async () => {
    await using folder = await openFolder()
    const made = await cli(['new', 'demo', '--template', template], { cwd: folder.path })
    assert.equal(made.code, 0, made.stderr)
    assert.match(made.stdout, /Next:\n\n {2}cd demo && npm install\n {2}npm run dev\n$/)
    const cwd = join(folder.path, 'demo')
    const { name, dependencies, devDependencies } = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
    assert.equal(name, 'demo')
    assert.equal(dependencies.spaces, `file:${root.replace(/\/$/, '')}`)

    const checked = await cli(['check'], { cwd })
    assert.equal(checked.code, 0, checked.stdout + checked.stderr)
    assert.match(checked.stdout, /^ {2}ok {4}example 1: .* \d+ ms$/m)

    // In the place of `npm install`: what it would put there.
    await mkdir(join(cwd, 'node_modules/@types'), { recursive: true })
    await symlink(root, join(cwd, 'node_modules/spaces'))
    for (const each of Object.keys(devDependencies))
      await symlink(join(root, 'node_modules', each), join(cwd, 'node_modules', each))
    const types = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd }).catch(
      (error) => error,
    )
    assert.equal(types.stdout, '')
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env
    const tests = await run(process.execPath, ['--import', 'tsx', '--test', 'space.test.ts'], { cwd, env }).catch(
      (error) => error,
    )
    assert.match(tests.stdout, /# fail 0/)
    assert.match(tests.stdout, /# pass [1-9]/)

    await using dev = startCli(['dev', '--port', '0'], { cwd })
    assert.equal((await fetch(await dev.url())).status, 200)
  })
}

test('check names the example that fails, and exits with 1', { timeout }, async () => {
  await using folder = await openFolder()
  const { writeFile } = await import('node:fs/promises')
  await writeFile(
    join(folder.path, 'space.ts'),
    `import { Number, refused, space } from 'spaces'
export default space({
  title: 'Roots', inputs: { x: Number() }, outputs: { y: Number() },
  run({ x }) {
    if (x < 0) throw refused('A negative number has no root here.')
    return { y: Math.sqrt(x) }
  },
  examples: [{ x: 4 }, { x: -1 }],
})`,
  )
  const { code, stdout, stderr } = await cli(['check'], { cwd: folder.path })
  assert.equal(code, 1)
  assert.match(stdout, /Roots\n {2}ok {4}example 1: x 4 {2}\d+ ms\n {2}failed example 2: x -1\n1 space, 1 failed\n/)
  assert.match(stderr, /A negative number has no root here\./)
})
