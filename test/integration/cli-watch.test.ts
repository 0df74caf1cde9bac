import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { spacesIn } from '#build/find-spaces.ts'
import { type BuiltSpace, loadSpace } from '#build/load-space.ts'
import { watchSpaces } from '#build/watch.ts'

let root = ''
before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'spaces-watch-')))
  process.env.SPACES_CACHE = join(root, '.cache')
})
after(() => rm(root, { recursive: true, force: true }))

const source = (title: string) => `import { Number, space } from 'spaces'
import { word } from './word.ts'
export default space({ title: '${title}', summary: word, inputs: { x: Number() }, outputs: { y: Number() }, run: ({ x }) => ({ y: x }) })
`

/** Hands out what is reported, in order, and waits for what has not come yet. */
function inbox<T>() {
  const items: T[] = []
  let wake = () => {}
  return {
    push(item: T) {
      items.push(item)
      wake()
    },
    async next(): Promise<T> {
      while (items.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return items.shift() as T
    },
  }
}

test('edits, broken edits, imported files, new spaces and removed ones are all reported', {
  timeout: 60_000,
}, async () => {
  const folder = join(root, 'gallery')
  const write = async (path: string, text: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await write('one/word.ts', "export const word = 'a'")
  await write('one/space.ts', source('One'))
  const found = await spacesIn(folder)
  const spaces = await Promise.all(found.map(({ slug, file }) => loadSpace(file, { slug })))
  const reports = inbox<{ what: 'loaded' | 'gone'; space: BuiltSpace }>()
  const errors: unknown[] = []
  using watching = watchSpaces({
    spaces,
    gallery: { folder, find: () => spacesIn(folder) },
    onLoaded: (space) => reports.push({ what: 'loaded', space }),
    onGone: (space) => reports.push({ what: 'gone', space }),
    onError: (error) => errors.push(error),
  })
  await watching.ready

  await write('one/space.ts', source('Edited'))
  assert.equal((await reports.next()).space.space?.title, 'Edited')

  await write('one/space.ts', 'export default (')
  const broken = (await reports.next()).space
  assert.equal(broken.problem?.code, 'space-broken')

  // An editor's way of saving: another file takes its place.
  await write('one/space.ts~', source('Mended'))
  await rename(join(folder, 'one/space.ts~'), join(folder, 'one/space.ts'))
  assert.equal((await reports.next()).space.space?.title, 'Mended')

  await write('one/word.ts', "export const word = 'b'")
  assert.equal((await reports.next()).space.space?.summary, 'b')

  await write('two/word.ts', "export const word = 'c'")
  await write('two/space.ts', source('Two'))
  const added = await reports.next()
  assert.deepEqual([added.what, added.space.slug, added.space.space?.title], ['loaded', 'two', 'Two'])

  await rm(join(folder, 'one'), { recursive: true })
  let last = await reports.next()
  // The deletion may be seen in two steps, first as a file that cannot be read.
  if (last.what === 'loaded') last = await reports.next()
  assert.deepEqual([last.what, last.space.slug], ['gone', 'one'])
  assert.deepEqual(errors, [])
})
