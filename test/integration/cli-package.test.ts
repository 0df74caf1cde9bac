import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** A project that has installed the package from its tarball, and what the package depends on. */
let project = ''
before(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'spaces-package-')))
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], { cwd: root })
  const [{ filename }] = JSON.parse(packed.stdout)
  const own = join(project, 'node_modules/spaces')
  await mkdir(own, { recursive: true })
  await run('tar', ['-xzf', join(project, filename), '-C', own, '--strip-components=1'])
  const { dependencies } = JSON.parse(await readFile(join(own, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    const folder = join(project, 'node_modules', name)
    await mkdir(join(folder, '..'), { recursive: true })
    await symlink(join(root, 'node_modules', name), folder)
  }
  await writeFile(join(project, 'package.json'), '{ "name": "project", "type": "module" }')
})
after(() => rm(project, { recursive: true, force: true }))

const source = `import { Image, Label, type InputsOf, space } from 'spaces'
import { pipeline } from 'spaces/vision'
import * as client from 'spaces/client'
import { openSpace } from 'spaces/testing'

export const declared = space({
  title: 'Typed',
  inputs: { photo: Image() },
  outputs: { labels: Label() },
  setup: () => pipeline('image-classification', './model'),
  async run({ photo }, { shared: classify }) {
    const width: number = photo.width
    return { labels: await classify(photo, { top_k: width }) }
  },
})
export type Inputs = InputsOf<(typeof declared)['inputs']>
export const used = [client, openSpace]

// @ts-expect-error a label is no number
export const wrong = space({ title: 'x', inputs: {}, outputs: { labels: Label() }, run: () => ({ labels: 1 }) })
`

for (const moduleResolution of ['nodenext', 'bundler'] as const) {
  test(`a program that uses the installed package type-checks under moduleResolution ${moduleResolution}`, async () => {
    await writeFile(join(project, 'program.ts'), source)
    const compilerOptions = {
      target: 'es2023',
      module: moduleResolution === 'nodenext' ? 'nodenext' : 'esnext',
      moduleResolution,
      lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
    }
    const config = join(project, `tsconfig.${moduleResolution}.json`)
    await writeFile(config, JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const { stdout } = await run(process.execPath, [tsc, '-p', config], { cwd: project }).catch((error) => error)
    assert.equal(stdout, '')
  })
}

test('plain Node imports every entry of the installed package', async () => {
  const script = `
    const entries = await Promise.all(['spaces', 'spaces/vision', 'spaces/client', 'spaces/testing'].map((name) => import(name)))
    const [{ space, Number }] = entries
    const { title } = space({ title: 'Here', inputs: {}, outputs: { y: Number() }, run: () => ({ y: 1 }) })
    console.log(title, entries.map((entry) => Object.keys(entry).length > 0).join())`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project })
  assert.equal(stdout, 'Here true,true,true,true\n')
})

test('the command of the installed package makes a project that depends on its version', async () => {
  const bin = join(project, 'node_modules/spaces/dist/cli.js')
  const { stdout: version } = await run(process.execPath, [bin, '--version'], { cwd: project })
  await run(process.execPath, [bin, 'new', 'demo', '--template', 'image-classification'], { cwd: project })
  const made = JSON.parse(await readFile(join(project, 'demo/package.json'), 'utf8'))
  assert.deepEqual([made.name, made.dependencies.spaces], ['demo', `^${version.trim()}`])
  const files = await readdir(join(project, 'demo'))
  for (const name of ['.gitignore', '.npmrc', 'space.ts', 'model', 'examples']) assert.ok(files.includes(name), name)
})
