import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { cli, openFolder } from '../helpers/cli.ts'

test('help, version and mistyped lines have their own exit codes', async () => {
  await using folder = await openFolder()
  const at = { cwd: folder.path }
  const [none, help, version, typo, flag, dev] = await Promise.all([
    cli([], at),
    cli(['--help'], at),
    cli(['--version'], at),
    cli(['dve'], at),
    cli(['dev', '--prot', '80'], at),
    cli(['dev', '--help'], at),
  ])
  assert.deepEqual([none.code, help.code, version.code, typo.code, flag.code, dev.code], [2, 0, 0, 2, 2, 0])
  assert.match(help.stdout, /Commands:\n {2}dev .*\n {2}new .*\n {2}check /)
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  assert.equal(typo.stderr, 'spaces: There is no command “dve”. Did you mean `dev`?\n')
  assert.equal(flag.stderr, 'spaces: There is no flag --prot. Did you mean `--port`?\n')
  const path = await cli(['./space.ts'], at)
  assert.deepEqual(
    [path.code, path.stderr],
    [2, 'spaces: There is no command “./space.ts”. To serve a path: spaces dev ./space.ts\n'],
  )
  assert.match(dev.stdout, /Usage: spaces dev \[file\|folder\] \[flags\][\s\S]*--port <number> {2}/)
})

test('a path to nothing, a folder without spaces and half a model are told what to do', async () => {
  await using folder = await openFolder()
  const at = { cwd: folder.path }
  await writeFile(join(folder.path, 'space.txt'), '')
  const [nothing, empty, model] = await Promise.all([
    cli(['dev', 'space.tx'], at),
    cli(['dev'], at),
    cli(['dev', '--task', 'image-classification'], at),
  ])
  assert.deepEqual([nothing.code, empty.code, model.code], [2, 2, 2])
  assert.match(nothing.stderr, /There is no file or folder space\.tx\. Did you mean `space\.txt`\?/)
  assert.match(empty.stderr, /There is no space in \.: expected a space\.ts in it/)
  assert.match(model.stderr, /--task needs --model/)
})

test('new refuses a folder with something in it and a template that does not exist', async () => {
  await using folder = await openFolder()
  const at = { cwd: folder.path }
  await writeFile(join(folder.path, 'mine.txt'), 'mine')
  const full = await cli(['new', '.'], at)
  assert.equal(full.code, 1)
  assert.match(full.stderr, /is not an empty folder/)
  const unknown = await cli(['new', 'demo', '--template', 'blanc'], at)
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /There is no template “blanc”\. Did you mean `blank`\? There are: blank, image-/)
})
