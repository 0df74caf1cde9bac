import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { findSpaces } from './find-spaces.ts'

let root = ''
const put = async (path: string, text = "import { space } from 'spaces'\nexport default space({})") => {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'spaces-find-'))
  await put('my-demos/depth/space.ts')
  await put('my-demos/Zoom In/space.js')
  await put('my-demos/loose.ts')
  await put('my-demos/helper.ts', "import { space } from 'spaces'\nexport const make = () => space({})")
  await put('my-demos/config.ts', 'export default {}')
  await put('my-demos/loose.test.ts')
  await put('my-demos/node_modules/space.ts')
  await put('my-demos/templates/space.ts')
  await put('my-demos/.hidden/space.ts')
  await put('my-demos/pictures/README.md', 'none here')
  await put('empty/README.md', 'nothing')
})
after(() => rm(root, { recursive: true, force: true }))

test('a file is a single space, and so is a folder with a space.ts', async () => {
  const file = join(root, 'my-demos/depth/space.ts')
  const single = { spaces: [{ slug: '', file }], gallery: null }
  assert.deepEqual(await findSpaces(file), single)
  assert.deepEqual(await findSpaces(dirname(file)), single)
})

test('a folder of spaces is a gallery of its subfolders and loose files, helpers and tests aside', async () => {
  const found = await findSpaces(join(root, 'my-demos'))
  assert.deepEqual(
    found?.spaces.map(({ slug, file }) => [slug, file.slice(root.length + 10)]),
    [
      ['depth', 'depth/space.ts'],
      ['loose', 'loose.ts'],
      ['zoom-in', 'Zoom In/space.js'],
    ],
  )
  assert.equal(found?.gallery?.title, 'My demos')
})

test('a folder without spaces is an empty gallery, and a path to nothing is null', async () => {
  assert.deepEqual((await findSpaces(join(root, 'empty')))?.spaces, [])
  assert.equal(await findSpaces(join(root, 'nowhere')), null)
})
