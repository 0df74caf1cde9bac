// What `spaces run` does with what it prints and writes: readers that hang up, folders that are none, addresses of files.

import assert from 'node:assert/strict'
import { copyFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { cli, openFolder, startCli } from '../helpers/cli.ts'

const timeout = 120_000
const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/hf-tiny/${path}`, import.meta.url))

async function openDesk() {
  const folder = await openFolder()
  await copyFile(fixture('input/img.png'), join(folder.path, 'photo.png'))
  return folder
}

test('run ends without a word when nobody reads its answer any more', { timeout }, async () => {
  await using desk = await openDesk()
  const files = Array.from({ length: 3 }, () => 'photo.png')
  await using running = startCli(['run', 'image-classification', fixture('vit'), ...files], { cwd: desk.path })
  running.stopReading('stdout')
  assert.equal(await running.ended, 0)
  assert.equal(running.stderr, '')
})

test('run says which folder it cannot write to', { timeout }, async () => {
  await using desk = await openDesk()
  await writeFile(join(desk.path, 'taken'), '')
  const line = ['run', 'depth-estimation', fixture('glpn'), 'photo.png', '--out', 'taken']
  const { code, stdout, stderr } = await cli(line, { cwd: desk.path })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /out: expected a folder that files can be written to, got “taken”/)
  assert.doesNotMatch(stderr, /\n\s+at /)
})

test('run writes next to a file that is named by its address', { timeout }, async () => {
  await using desk = await openDesk()
  await using elsewhere = await openFolder()
  const address = pathToFileURL(join(desk.path, 'photo.png')).href
  const { code, stderr } = await cli(['run', 'depth-estimation', fixture('glpn'), address], { cwd: elsewhere.path })
  assert.equal(code, 0, stderr)
  assert.deepEqual(await readdir(desk.path), ['photo.depth.png', 'photo.png', 'photo.predicted_depth.npy'])
  assert.deepEqual(await readdir(elsewhere.path), [])
})
