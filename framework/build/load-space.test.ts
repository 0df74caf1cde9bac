import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { SpaceError } from '#core/errors.ts'
import { space as ownSpace } from '#core/space.ts'
import { loadSpace } from './load-space.ts'

let root = ''
before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'spaces-load-')))
  process.env.SPACES_CACHE = join(root, 'cache')
})
after(() => rm(root, { recursive: true, force: true }))

let folders = 0
async function author(files: Record<string, string>, folder = join(root, `space-${++folders}`)) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return { folder, load: () => loadSpace(join(folder, 'space.ts'), { slug: 'x' }) }
}

const detailsOf = (problem: SpaceError | null) => {
  assert.ok(problem, 'there is a problem')
  return problem.details as unknown as { file: string; frame?: string }
}

const declare = (rest = '', head = '') => `import { Number, space } from 'spaces'
${head}
export default space({
  title: 'Twice',
  inputs: { x: Number() },
  outputs: { y: Number() },
  ${rest}
  run: ({ x }) => ({ y: x * 2 }),
})
`

test('a file in a folder without node_modules becomes a space of the running package', async () => {
  const { load, folder } = await author({ 'space.ts': declare() })
  const { space, problem, dir, slug } = await load()
  assert.equal(problem, null)
  assert.equal(space?.title, 'Twice')
  assert.equal(dir, folder)
  assert.equal(slug, 'x')
  assert.deepEqual(await space?.run({ x: 4 }, {} as never), { y: 8 })
  assert.equal(
    Object.getPrototypeOf(space),
    Object.getPrototypeOf(
      ownSpace({ title: 't', inputs: {}, outputs: space?.outputs ?? {}, run: () => ({}) as never }),
    ),
  )
})

test('import.meta names the file it is written in, in every file of a space', async () => {
  const { load, folder } = await author({
    'space.ts': declare(
      'summary: [import.meta.dirname, import.meta.filename, other].join(),',
      "import { other } from './lib/other.ts'",
    ),
    'lib/other.ts': 'export const other: string = new URL(import.meta.url).href',
  })
  const { space } = await load()
  assert.equal(
    space?.summary,
    [folder, join(folder, 'space.ts'), pathToFileURL(join(folder, 'lib/other.ts')).href].join(),
  )
})

test('packages are those of the author’s folder, and a missing one is named with its line', async () => {
  const files = {
    'node_modules/tiny/package.json': '{ "name": "tiny", "type": "module", "exports": "./main.js" }',
    'node_modules/tiny/main.js': "export const word = 'from the package'",
  }
  const { load } = await author({ ...files, 'space.ts': declare('summary: word,', "import { word } from 'tiny'") })
  assert.equal((await load()).space?.summary, 'from the package')

  const missing = await author({ 'space.ts': declare('', "import '@org/absent/part'") })
  const { problem } = await missing.load()
  assert.match(
    problem?.message ?? '',
    /space\.ts:2:8: The package “@org\/absent\/part” is not installed here. Run: npm install @org\/absent\./,
  )
})

test('an unchanged space is taken from the cache, a changed module of it is not', async () => {
  const { load, folder } = await author({
    'space.ts': declare('summary: word,', "import { word } from './word.ts'"),
    'word.ts': "export const word = 'one'",
  })
  const first = await load()
  const again = await load()
  assert.equal(again.space, first.space)
  assert.equal(again.revision, first.revision)
  assert.deepEqual(
    again.inputs.map((path) => path.slice(folder.length + 1)),
    ['space.ts', 'word.ts'],
  )
  await author({ 'word.ts': "export const word = 'two'" }, folder)
  const changed = await load()
  assert.equal(changed.space?.summary, 'two')
  assert.notEqual(changed.revision, first.revision)
  assert.equal(changed.setupKey, first.setupKey)
})

test('a space behind a link is cached too, and is where the file is', async () => {
  const { folder } = await author({ 'space.ts': declare('summary: import.meta.filename,') })
  const link = join(root, 'linked')
  await symlink(folder, link)
  const first = await loadSpace(join(link, 'space.ts'), { slug: '' })
  assert.equal(first.space?.summary, join(folder, 'space.ts'))
  assert.equal(first.dir, folder)
  assert.equal((await loadSpace(join(link, 'space.ts'), { slug: '' })).space, first.space)
})

test('setup is new only when it, or something it uses, has changed', async () => {
  const files = (folder: string, title: string) => ({
    'space.ts': declare('setup: () => load(),', "import { load } from './model.ts'").replace('Twice', title),
    'model.ts': `const folder = '${folder}'\nexport const load = () => folder`,
  })
  const { load, folder } = await author(files('a', 'One'))
  const first = await load()
  await author(files('a', 'Two'), folder)
  const retitled = await load()
  assert.equal(retitled.space?.title, 'Two')
  assert.equal(retitled.setupKey, first.setupKey)
  await author(files('b', 'Two'), folder)
  assert.notEqual((await load()).setupKey, first.setupKey)
})

test('a syntax error is shown in its own file with the lines around it', async () => {
  const { load, folder } = await author({
    'space.ts': declare('', "import './lib.ts'"),
    'lib.ts': 'const a = 1\nconst b = (\nconst c = 2\n',
  })
  const { space, problem, inputs } = await load()
  assert.equal(space, null)
  assert.equal(problem?.code, 'space-broken')
  const { file, frame } = detailsOf(problem)
  assert.equal(file, 'lib.ts:3:1')
  assert.equal(frame, '  1 | const a = 1\n  2 | const b = (\n> 3 | const c = 2\n    | ^^^^^\n  4 |')
  assert.ok(inputs.includes(join(folder, 'lib.ts')), 'the broken file is watched')
  await author({ 'lib.ts': 'export {}' }, folder)
  assert.equal((await load()).problem, null)
})

test('a file that gives no space is told what it should export', async () => {
  const reason = async (text: string) => {
    const { load } = await author({ 'space.ts': text })
    return (await load()).problem?.message ?? ''
  }
  assert.match(
    await reason('export const one = 1'),
    /space\.ts: expected “export default space\({ … }\)”, got only the exports one\. Correct/,
  )
  assert.match(await reason(''), /got no export at all\./)
  assert.match(await reason('export default () => 1'), /got a function\./)
  const absent = await loadSpace(join(root, 'nowhere.ts'), { slug: '' })
  assert.match(absent.problem?.message ?? '', /^nowhere\.ts: there is no such file\./)
})

test('a wrong declaration names the file and every problem', async () => {
  const { load } = await author({ 'space.ts': declare('sumary: 1,').replace("'Twice'", '7') })
  const { problem } = await load()
  assert.equal(problem?.code, 'invalid-declaration')
  assert.match(problem?.message ?? '', /^space\.ts: 2 problems\.\n {2}- sumary: .*\n {2}- title: /)
})

test('a misspelt import and a module that throws are shown at the author’s line', async () => {
  const misspelt = await author({ 'space.ts': declare('', "import {\n  Numbr,\n} from 'spaces'\nNumbr()") })
  const { problem } = await misspelt.load()
  assert.match(problem?.message ?? '', /^space\.ts:3:3: “spaces” has no export “Numbr”\. Did you mean `Number`\?/)
  assert.match(detailsOf(problem).frame ?? '', /> 3 \| {3}Numbr,\n.*\^\^\^\^\^/)

  const thrown = await author({
    'space.ts': declare('', "import { read } from './read.ts'\nread()"),
    'read.ts':
      "interface Long {\n  name: string\n}\nexport function read(): Long {\n  throw new TypeError('no such thing')\n}",
  })
  const stopped = (await thrown.load()).problem
  assert.match(stopped?.message ?? '', /^read\.ts:5:9: stops while it loads: TypeError: no such thing\./)
})

test('a module that failed for want of a file loads once the file is there', async () => {
  const { load, folder } = await author({
    'space.ts': declare(
      'summary,',
      "import { readFileSync } from 'node:fs'\nconst summary = readFileSync(new URL('./words.txt', import.meta.url), 'utf8')",
    ),
  })
  assert.match((await load()).problem?.message ?? '', /ENOENT/)
  await author({ 'words.txt': 'here' }, folder)
  assert.equal((await load()).space?.summary, 'here')
})

test('a damaged entry of the cache is made anew', async () => {
  const { load } = await author({ 'space.ts': declare() })
  const cache = join(root, 'damaged')
  process.env.SPACES_CACHE = cache
  assert.equal((await load()).problem, null)
  const [name = ''] = await readdir(join(cache, 'bundles'))
  await writeFile(join(cache, 'bundles', name, 'bundle.json'), '')
  assert.equal((await load()).problem, null)
})

test('where the cache cannot be written, as in a container, spaces load all the same', async () => {
  const blocked = join(root, 'a-file')
  await writeFile(blocked, '')
  process.env.SPACES_CACHE = join(blocked, 'cache')
  const [one, two] = [await author({ 'space.ts': declare() }), await author({ 'space.ts': declare() })]
  const both = await Promise.all([one.load(), two.load()])
  assert.deepEqual(
    both.map(({ problem, space }) => [problem, space?.title]),
    [
      [null, 'Twice'],
      [null, 'Twice'],
    ],
  )
  await author({ 'space.ts': declare().replace('Twice', 'Thrice') }, one.folder)
  assert.equal((await one.load()).space?.title, 'Thrice')
})
